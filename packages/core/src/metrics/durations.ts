/** Durations: a histogram whose series are found without making anything, and of which there are never too many. */
import { Family, type Exemplar, type Labels, type Sample } from './family.js';
import { type MetricDescription, overflowLabel } from './catalogue.js';

/** The ids that an exemplar carries, and the flags that say whether the trace is kept. */
export interface Trace {
  readonly traceId: string;
  readonly spanId: string;
  readonly traceFlags: string;
}

class Series {
  /** Per bucket, not cumulated; the last one has no upper bound. */
  readonly counts: number[];
  readonly exemplars: (Exemplar | undefined)[] = [];
  sum = 0;
  count = 0;

  constructor(
    readonly labels: Labels,
    private readonly bounds: readonly number[],
  ) {
    this.counts = Array.from({ length: bounds.length + 1 }, () => 0);
  }

  observe(seconds: number, trace: Trace | undefined): void {
    const { bounds } = this;
    let bucket = 0;
    while (bucket < bounds.length && seconds > (bounds[bucket] as number)) bucket++;
    (this.counts[bucket] as number)++;
    this.sum += seconds;
    this.count++;
    if (trace && isSampled(trace)) this.exemplars[bucket] = exemplar(seconds, trace);
  }
}

type Third = string | number | undefined;

export class Durations extends Family {
  private readonly bounds: readonly number[];
  private readonly found = new Map<string, Map<string, Map<Third, Series>>>();
  private readonly all: Series[] = [];
  private overflow: Series | undefined;

  /**
   * @param description Of a metric with two or three labels.
   * @param maxSeries Most label sets; what would be one more goes to the overflow series.
   * @param onOverflow Called the first time that happens.
   */
  constructor(
    description: MetricDescription,
    private readonly maxSeries: number,
    private readonly onOverflow: () => void,
  ) {
    super(description);
    this.bounds = description.buckets ?? [];
  }

  /** Label sets, the overflow series left out. */
  get size(): number {
    return this.all.length;
  }

  /** Observations in the overflow series. */
  get overflowed(): number {
    return this.overflow?.count ?? 0;
  }

  /** @param first The values of the labels, in the order of the description. */
  observe(first: string, second: string, third: Third, durationMs: number, trace: Trace | undefined): void {
    const series = this.found.get(first)?.get(second)?.get(third) ?? this.add(first, second, third);
    series.observe(durationMs / 1000, trace);
  }

  private add(first: string, second: string, third: Third): Series {
    if (this.all.length >= this.maxSeries) return this.overflowSeries();
    const values = [first, second, String(third)];
    const labels = Object.fromEntries(this.description.labels.map((name, at) => [name, values[at] ?? '']));
    const series = new Series(labels, this.bounds);
    const bySecond = this.found.get(first) ?? new Map<string, Map<Third, Series>>();
    const byThird = bySecond.get(second) ?? new Map<Third, Series>();
    this.found.set(first, bySecond.set(second, byThird.set(third, series)));
    this.all.push(series);
    return series;
  }

  private overflowSeries(): Series {
    if (!this.overflow) {
      this.overflow = new Series({ [overflowLabel]: 'true' }, this.bounds);
      this.onOverflow();
    }
    return this.overflow;
  }

  *samples(): Iterable<Sample> {
    for (const series of this.series()) yield* samplesOf(series, this.description.name, this.bounds);
  }

  *series(): Iterable<Series> {
    yield* this.all;
    if (this.overflow) yield this.overflow;
  }

  override reset(): void {
    this.found.clear();
    this.all.length = 0;
    this.overflow = undefined;
  }
}

/** The count of each series of durations as a metric of its own, which costs an observation nothing more. */
export class Counts extends Family {
  constructor(
    description: MetricDescription,
    private readonly durations: Durations,
  ) {
    super(description);
  }

  *samples(): Iterable<Sample> {
    for (const { labels, count } of this.durations.series()) yield { labels, value: count };
  }
}

/** The lines of one series; made at once, so that they are true of one instant. */
function samplesOf(
  { labels, counts, exemplars, sum, count }: Series,
  name: string,
  bounds: readonly number[],
): Sample[] {
  let cumulated = 0;
  const lines: Sample[] = counts.map((inBucket, bucket) => ({
    metricName: `${name}_bucket`,
    labels: { ...labels, le: bounds[bucket] ?? '+Inf' },
    value: (cumulated += inBucket),
    exemplar: exemplars[bucket],
  }));
  lines.push({ metricName: `${name}_sum`, labels, value: sum }, { metricName: `${name}_count`, labels, value: count });
  return lines;
}

/** The last bit of the flags: https://www.w3.org/TR/trace-context/#sampled-flag */
function isSampled({ traceFlags }: Trace): boolean {
  return (Number.parseInt(traceFlags, 16) & 1) === 1;
}

function exemplar(value: number, { traceId, spanId }: Trace): Exemplar {
  return { labelSet: { trace_id: traceId, span_id: spanId }, value, timestamp: Date.now() / 1000 };
}
