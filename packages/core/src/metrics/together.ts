/** Together: the metrics of several processes and threads as one, by what each metric says of it. */
import type { Labels, Sample } from './family.js';
import { type MetricHead, type ReadableMetric, withAllLabels } from './readable.js';

/** Metrics as one process or thread told them, by name. */
export type ToldMetrics = Map<string, MetricHead & { readonly samples: Map<string, Sample> }>;

type Join = (values: readonly number[]) => number;

/** Prom-client's words; `omit` is for what says nothing when there are several. */
const joins: Readonly<Record<string, Join>> = {
  sum: sumOf,
  min: (values) => Math.min(...values),
  max: (values) => Math.max(...values),
  average: (values) => sumOf(values) / values.length,
  first: ([value = 0]) => value,
};

/** The metrics of this process and of the others; written one line at a time, however many there are. */
export async function* together(
  own: AsyncIterable<ReadableMetric>,
  common: Labels,
  others: readonly ToldMetrics[],
): AsyncGenerator<ReadableMetric> {
  const names = new Set<string>();
  for await (const metric of own) {
    names.add(metric.name);
    const told = others.flatMap((other) => other.get(metric.name) ?? []);
    if (told.length > 0 && metric.aggregator === 'omit') continue;
    const samples = joined(metric, labelled(metric.samples, common), samplesOf(told));
    yield { ...metric, samples };
  }
  for (const [at, other] of others.entries()) {
    for (const metric of other.values()) {
      if (names.has(metric.name)) continue;
      names.add(metric.name);
      const told = others.slice(at + 1).flatMap((further) => further.get(metric.name) ?? []);
      if (told.length > 0 && metric.aggregator === 'omit') continue;
      yield { ...metric, samples: joined(metric, metric.samples.values(), samplesOf(told)) };
    }
  }
}

function samplesOf(told: readonly { readonly samples: ReadonlyMap<string, Sample> }[]): ReadonlyMap<string, Sample>[] {
  return told.map(({ samples }) => samples);
}

function* labelled(samples: Iterable<Sample | undefined>, common: Labels): Iterable<Sample | undefined> {
  for (const sample of samples) yield sample && withAllLabels(sample, common);
}

function* joined(
  { aggregator }: MetricHead,
  first: Iterable<Sample | undefined>,
  rest: readonly ReadonlyMap<string, Sample>[],
): Iterable<Sample | undefined> {
  const join = joins[aggregator] ?? sumOf;
  if (rest.length === 0) return yield* first;
  const seen = new Set<string>();
  for (const sample of first) {
    const key = sample && keyOf(sample);
    if (key !== undefined) seen.add(key);
    yield key === undefined ? undefined : joinedSample(key, sample as Sample, rest, join);
  }
  for (const [at, samples] of rest.entries()) {
    for (const [key, sample] of samples) {
      // A step without a line, for whoever looks at the clock between lines.
      yield seen.has(key) ? undefined : joinedSample(key, sample, rest.slice(at + 1), join);
      seen.add(key);
    }
  }
}

function joinedSample(key: string, sample: Sample, rest: readonly ReadonlyMap<string, Sample>[], join: Join): Sample {
  const further = rest.flatMap((samples) => samples.get(key) ?? []);
  if (further.length === 0) return sample;
  const all = [sample, ...further];
  const exemplars = all.flatMap(({ exemplar }) => exemplar ?? []).toSorted((a, b) => b.timestamp - a.timestamp);
  return { ...sample, value: join(all.map(({ value }) => value)), exemplar: exemplars[0] };
}

/** The same for equal labels, in whichever order they were written. */
export function keyOf({ metricName = '', labels }: Sample): string {
  let key = metricName;
  for (const name of Object.keys(labels).toSorted()) key += `\n${name}=${JSON.stringify(String(labels[name]))}`;
  return key;
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
