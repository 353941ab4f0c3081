/** Measurements: what stands in one registry, made once however often metrics are asked for. */
import { watchJobs } from '../context/jobs.js';
import { sayOnce } from '../http/say-once.js';
import { systemClock } from '../internal/clock.js';
import { invalidOption } from '../internal/options.js';
import { perProcess } from '../internal/per-process.js';
import type { MeasuredApplication } from './application.js';
import { metricsCatalogue } from './catalogue.js';
import { createFamilies } from './families.js';
import { addProcessMetrics } from './process-metrics.js';
import { register, type MetricsRegistry } from './registry.js';
import { Durations } from './durations.js';
import { JobCounts } from './job-counts.js';
import { others } from './reading.js';

/** Stands for a route when none matched. */
const unmatched = 'unmatched';

/** The metrics of one registry. */
export interface Measurements {
  readonly maxSeries: number;
  /** Begins to measure an application; the second time it does nothing. */
  measure(application: MeasuredApplication): void;
  /** Brings up to date what has to be asked for; never rejects. */
  refresh(): Promise<void>;
}

const known = perProcess('measurements', () => new WeakMap<MetricsRegistry, Measurements>());

/**
 * The measurements of this registry, which it is given when it has none.
 *
 * @throws {ConfigError} When the registry has a metric of one of our names already, or ours with another limit.
 */
export function measurementsOf(registry: MetricsRegistry, maxSeries: number): Measurements {
  const measurements = known.get(registry) ?? create(registry, maxSeries);
  if (measurements.maxSeries !== maxSeries)
    throw invalidOption(
      'metrics.maxSeries',
      `${measurements.maxSeries}, as it is for this registry already`,
      maxSeries,
    );
  known.set(registry, measurements);
  return measurements;
}

function create(registry: MetricsRegistry, maxSeries: number): Measurements {
  const applications = new Set<MeasuredApplication>();
  const onOverflow = (metric: string): void => warn(applications, metric, maxSeries);
  const { requestDuration } = metricsCatalogue;
  const requests = new Durations(requestDuration, maxSeries, () => onOverflow(requestDuration.name));
  const jobs = new JobCounts(maxSeries, systemClock, onOverflow);
  const families = createFamilies({ applications, requests, jobs, others }, systemClock);
  for (const family of families) register(registry, family);
  addProcessMetrics(registry, systemClock);
  watchJobs(jobs);
  return {
    maxSeries,
    async refresh() {
      await Promise.all(families.map((family) => family.refresh()));
    },
    measure(application) {
      if (applications.has(application)) return;
      applications.add(application);
      application.tally.listeners.push((method, route, status, durationMs, trace) =>
        requests.observe(method, route ?? unmatched, status, durationMs, trace),
      );
    },
  };
}

function warn([application]: Iterable<MeasuredApplication>, metric: string, maxSeries: number): void {
  const sentence = `${metric} has ${maxSeries} label sets; further ones are counted in the series overflow="true"`;
  if (application) sayOnce(application, sentence);
}
