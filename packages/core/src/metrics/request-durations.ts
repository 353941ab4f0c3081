/** Request durations: a histogram whose series are found without making anything, and of which there are never too many. */
import { Family, type Exemplar, type Labels, type Sample } from './family.js';
import { metricsCatalogue, overflowLabel } from './catalogue.js';

/** The ids that an exemplar carries, and the flags that say whether the trace is kept. */
interface Trace {
  readonly traceId: string;
  readonly spanId: string;
  readonly traceFlags: string;
}

/** Stands for a route when none matched. */
export const unmatched = 'unmatched';

const { buckets: bounds = [] } = metricsCatalogue.requestDuration;

class Series {
  /** Per bucket, not cumulated; the last one has no upper bound. */
  readonly counts: number[] = Array.from({ length: bounds.length + 1 }, () => 0);
  readonly exemplars: (Exemplar | undefined)[] = [];
  sum = 0;
  count = 0;

  constructor(readonly labels: Labels) {}

  observe(seconds: number, trace: Trace | undefined): void {
    let bucket = 0;
    while (bucket < bounds.length && seconds > (bounds[bucket] as number)) bucket++;
    (this.counts[bucket] as number)++;
    this.sum += seconds;
    this.count++;
    if (trace && isSampled(trace)) this.exemplars[bucket] = exemplar(seconds, trace);
  }
}

type ByStatus = Map<number, Series>;

/** `http_request_duration_seconds`. */
export class RequestDurations extends Family {
  private readonly routes = new Map<string, Map<string, ByStatus>>();
  private readonly all: Series[] = [];
  private overflow: Series | undefined;

  /**
   * @param maxSeries Most label sets; what would be one more goes to the overflow series.
   * @param onOverflow Called the first time that happens.
   */
  constructor(
    private readonly maxSeries: number,
    private readonly onOverflow: () => void,
  ) {
    super(metricsCatalogue.requestDuration);
  }

  /** Label sets, the overflow series left out. */
  get size(): number {
    return this.all.length;
  }

  /** Observations in the overflow series. */
  get overflowed(): number {
    return this.overflow?.count ?? 0;
  }

  observe(
    method: string,
    route: string | undefined,
    status: number,
    durationMs: number,
    trace: Trace | undefined,
  ): void {
    const statuses = this.routes.get(route ?? unmatched)?.get(method);
    const series = statuses?.get(status) ?? this.add(method, route ?? unmatched, status);
    series.observe(durationMs / 1000, trace);
  }

  private add(method: string, route: string, status: number): Series {
    if (this.all.length >= this.maxSeries) return this.overflowSeries();
    const series = new Series({ method, route, status_code: String(status) });
    const methods = this.routes.get(route) ?? new Map<string, ByStatus>();
    const statuses = methods.get(method) ?? new Map<number, Series>();
    this.routes.set(route, methods.set(method, statuses.set(status, series)));
    this.all.push(series);
    return series;
  }

  private overflowSeries(): Series {
    if (!this.overflow) {
      this.overflow = new Series({ [overflowLabel]: 'true' });
      this.onOverflow();
    }
    return this.overflow;
  }

  *samples(): Iterable<Sample> {
    for (const series of this.series()) yield* samplesOf(series, this.name);
  }

  *series(): Iterable<Series> {
    yield* this.all;
    if (this.overflow) yield this.overflow;
  }

  override reset(): void {
    this.routes.clear();
    this.all.length = 0;
    this.overflow = undefined;
  }
}

/** `http_requests_total`: the count of each series of the durations, which costs a request nothing more. */
export class RequestCounts extends Family {
  constructor(private readonly durations: RequestDurations) {
    super(metricsCatalogue.requests);
  }

  *samples(): Iterable<Sample> {
    for (const { labels, count } of this.durations.series()) yield { labels, value: count };
  }
}

/** The lines of one series; made at once, so that they are true of one instant. */
function samplesOf({ labels, counts, exemplars, sum, count }: Series, name: string): Sample[] {
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
