/** Readable metric: one metric with its lines, wherever they were counted. */
import { Family, type Labels, type RegisteredMetric, type Sample } from './family.js';
import { metricsOf, type MetricsRegistry } from './registry.js';

export interface MetricHead {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  /** How the values of several become one, as prom-client calls it. */
  readonly aggregator: string;
}

export interface ReadableMetric extends MetricHead {
  /** Made one by one while they are read; `undefined` is a step without a line. */
  readonly samples: Iterable<Sample | undefined>;
}

/** What is to be printed. */
export interface Reading {
  readonly metrics: AsyncIterable<ReadableMetric>;
  /** Of every line. */
  readonly common: Labels;
}

/**
 * The metrics of a registry, in their order. One that cannot be read is left out: the others are worth having.
 *
 * @param onFailure Called with the name of such a metric.
 */
export async function* readRegistry(
  registry: MetricsRegistry,
  onFailure: (name: string) => void,
): AsyncGenerator<ReadableMetric> {
  for (const metric of metricsOf(registry)) {
    try {
      yield await read(metric);
    } catch {
      onFailure(metric.name);
    }
  }
}

async function read(metric: Family | RegisteredMetric): Promise<ReadableMetric> {
  const { name, type, aggregator = 'sum' } = metric;
  if (metric instanceof Family) {
    const { description } = metric;
    return { name: description.name, type, help: description.help, aggregator, samples: metric.samples() };
  }
  const { help, values = [] } = await (metric.getForPromString?.() ?? metric.get());
  return { name, type, help, aggregator, samples: values };
}

/** The sample with all its labels in one place: its own, then those of its series, then those of the registry. */
export function withAllLabels({ labels, sharedLabels, ...sample }: Sample, common: Labels): Sample {
  return { ...sample, labels: { ...common, ...sharedLabels, ...labels } };
}
