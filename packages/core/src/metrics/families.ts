/** Families: all metrics of ours in one registry, whatever the number of applications that are measured there. */
import { performance as clockOfNode } from 'node:perf_hooks';
import type { Clock } from '../internal/clock.js';
import type { MeasuredApplication, MeasuredExporter } from './application.js';
import { type MetricKey, metricsCatalogue } from './catalogue.js';
import { type Family, type Labels, ReadFamily } from './family.js';
import { HealthStatuses } from './health-statuses.js';
import { atMostEvery, windowMs } from './process-metrics.js';
import { Counts, type Durations } from './durations.js';
import type { JobCounts } from './job-counts.js';
import type { Others } from './others.js';

type Values = Iterable<readonly [labels: Labels, value: number]>;

/** What is counted for one registry, wherever it happens. */
export interface Counted {
  readonly applications: ReadonlySet<MeasuredApplication>;
  readonly requests: Durations;
  readonly jobs: JobCounts;
  readonly others: Others;
}

/** The metrics that are histograms of ours, and so stand for themselves. */
type Timed = 'requestDuration' | 'requests' | 'jobDuration' | 'jobs' | 'jobWait';

/** Each metric of the catalogue, reading what has been counted. */
export function createFamilies({ applications, requests, jobs, others }: Counted, clock: Clock): readonly Family[] {
  const health = new HealthStatuses();
  const refreshHealth = (): Promise<void> => health.refresh(applications);
  const each = (read: (application: MeasuredApplication) => Values) => () =>
    [...applications].flatMap((application) => [...read(application)]);
  const exporters = (read: (exporter: MeasuredExporter) => Values) =>
    each((application) => application.status().exporters.flatMap((exporter) => [...read(exporter)]));
  const exporterCount = (count: keyof MeasuredExporter) =>
    exporters((exporter) => [[{ exporter: exporter.name }, Number(exporter[count])]]);

  const capped = [requests, jobs.durations, jobs.waits];
  const ofCapped = (count: 'size' | 'overflowed') => (): Values =>
    capped.map((durations) => [{ metric: durations.description.name }, durations[count]]);

  const sources: Record<Exclude<MetricKey, Timed>, () => Values> = {
    requestsInFlight: each(({ tally }) => [...tally.inFlight].map(([method, { count }]) => [{ method }, count])),
    jobsActive: () => jobs.active(),
    jobLastSuccess: () => jobs.lastSuccesses(),
    healthStatus: () => health.values(),
    healthTransitions: each(({ tally }) =>
      [...tally.healthChanges].map(({ name, status, count }) => [{ name, status }, count]),
    ),
    exporterOffered: exporterCount('offered'),
    exporterDelivered: exporterCount('delivered'),
    exporterRejected: exporterCount('rejected'),
    exporterDropped: exporterCount('dropped'),
    exporterUnconfirmed: exporterCount('unconfirmed'),
    exporterQueued: exporterCount('queued'),
    exporterSpooled: exporterCount('spooled'),
    exporterState: exporters(({ name, state }) =>
      exporterStates.map((each) => [{ exporter: name, state: each }, each === state ? 1 : 0]),
    ),
    logLines: each(({ tally }) => [...tally.lines].map(([level, count]) => [{ level: levelName(level) }, count])),
    eventLoopUtilization: utilization(clock),
    series: ofCapped('size'),
    seriesOverflowed: ofCapped('overflowed'),
    sources: () => Object.entries(others.states).map(([state, count]) => [{ state }, count]),
    appInfo: () => [...infos(applications)].map((labels) => [labels, 1]),
  };
  const read = Object.entries(sources).map(
    ([key, source]) =>
      new ReadFamily(
        metricsCatalogue[key as MetricKey],
        source,
        // The transitions come after it, and are up to date when it is.
        key === 'healthStatus' ? refreshHealth : undefined,
      ),
  );
  return [
    requests,
    new Counts(metricsCatalogue.requests, requests),
    jobs.durations,
    new Counts(metricsCatalogue.jobs, jobs.durations),
    jobs.waits,
    ...read,
  ];
}

const exporterStates = ['idle', 'sending', 'backing-off', 'paused', 'closed'];

/** Pino's numbers: https://getpino.io/#/docs/api?id=loggerlevel-string-gettersetter */
const levelNames: Readonly<Record<number, string>> = {
  10: 'trace',
  20: 'debug',
  30: 'info',
  40: 'warn',
  50: 'error',
  60: 'fatal',
};

function levelName(level: number): string {
  return levelNames[level] ?? String(level);
}

/** One for each release, however many observabilities there are of it. */
function* infos(applications: ReadonlySet<MeasuredApplication>): Iterable<Labels> {
  const seen = new Set<string>();
  for (const { service } of applications) {
    const labels = { service: service.name, version: service.version ?? '', env: service.environment ?? '' };
    const key = JSON.stringify(labels);
    if (!seen.has(key)) yield labels;
    seen.add(key);
  }
}

function utilization(clock: Clock): () => Values {
  let last = clockOfNode.eventLoopUtilization();
  const measure = atMostEvery(windowMs, clock, () => {
    const now = clockOfNode.eventLoopUtilization();
    const { utilization } = clockOfNode.eventLoopUtilization(now, last);
    last = now;
    return utilization;
  });
  return () => [[{}, measure()]];
}
