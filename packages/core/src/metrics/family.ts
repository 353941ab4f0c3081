/** Family: all series of one metric, in the form that registries of prom-client's kind take. */
import type { MetricDescription } from './catalogue.js';

export type Labels = Readonly<Record<string, string | number>>;

/** A measured example of what a bucket counts, with the trace it belongs to. */
export interface Exemplar {
  readonly labelSet: Labels;
  readonly value: number;
  /** Seconds since the epoch. */
  readonly timestamp: number;
}

/** One line of what scrapers read. */
export interface Sample {
  readonly labels: Labels;
  readonly value: number;
  /** The family's own if left out; a histogram has several. */
  readonly metricName?: string | undefined;
  readonly exemplar?: Exemplar | null | undefined;
  /** prom-client keeps the labels that all lines of a histogram's series have in common here. */
  readonly sharedLabels?: Labels | undefined;
}

/** What a registry asks of a metric. */
export interface RegisteredMetric {
  readonly name: string;
  readonly help: string;
  readonly type: string;
  readonly aggregator?: string;
  get(): Promise<MetricContent>;
  /** prom-client's histograms give the same here without copying the labels of each line. */
  getForPromString?(): Promise<MetricContent>;
}

export interface MetricContent {
  readonly help: string;
  readonly values?: readonly Sample[];
}

/** A metric of ours. It may stand in any registry; who has it at hand reads its samples one by one. */
export abstract class Family implements RegisteredMetric {
  /** May be changed by prom-client, which cuts `_total` off while it writes OpenMetrics. */
  name: string;
  readonly help: string;
  readonly type: string;
  /** What prom-client calls how the values of several processes become one. */
  readonly aggregator: string;

  constructor(readonly description: MetricDescription) {
    ({ name: this.name, help: this.help, type: this.type, together: this.aggregator = 'sum' } = description);
  }

  abstract samples(): Iterable<Sample>;

  /** Brings up to date what has to be asked for; never rejects. */
  refresh(): Promise<void> {
    return Promise.resolve();
  }

  async get(): Promise<MetricContent & { name: string; type: string; aggregator: string; values: Sample[] }> {
    await this.refresh();
    const { name, help, type, aggregator } = this;
    return { name, help, type, aggregator, values: [...this.samples()] };
  }

  /** For `registry.resetMetrics()`; what is counted elsewhere goes on. */
  reset(): void {}
}

/** A metric whose values are read from where they are counted. */
export class ReadFamily extends Family {
  constructor(
    description: MetricDescription,
    private readonly read: () => Iterable<readonly [labels: Labels, value: number]>,
    private readonly update: () => Promise<void> = () => Promise.resolve(),
  ) {
    super(description);
  }

  override refresh(): Promise<void> {
    return this.update();
  }

  /** Values of equal labels are added up: a scraper refuses the same series twice. */
  *samples(): Iterable<Sample> {
    const sums = new Map<string, { labels: Labels; value: number }>();
    for (const [labels, value] of this.read()) {
      const key = JSON.stringify(Object.values(labels));
      const sum = sums.get(key);
      if (sum) sum.value += value;
      else sums.set(key, { labels, value });
    }
    yield* sums.values();
  }
}
