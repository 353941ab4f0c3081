/** Reading: all that is told in this process of one registry, with the metrics of other processes and threads. */
import { isMainThread } from 'node:worker_threads';
import { systemClock } from '../internal/clock.js';
import { perProcess } from '../internal/per-process.js';
import { isClusterWorker, linkMainThread, linkPrimary, linkThreads, linkWorkers } from './links.js';
import { Others } from './others.js';
import { type ReadableMetric, type Reading, readRegistry } from './readable.js';
import { commonLabels, type MetricsRegistry } from './registry.js';
import { together } from './together.js';

/** The others of this process; a thread has none, it tells the main one. */
export const others: Others = perProcess('metrics-others', () => new Others(systemClock));

const links = perProcess('metrics-links', () => ({ areThere: false }));

/**
 * Begins to take in what others tell, and to tell those who read the metrics of this process or thread elsewhere. The
 * first registry is the one that is told.
 *
 * @param maxSeries Most label sets of a metric.
 * @param refresh Brings up to date what has to be asked for.
 */
export function link(registry: MetricsRegistry, maxSeries: number, refresh: () => Promise<void>): void {
  if (links.areThere) return;
  links.areThere = true;
  others.maxSeries = maxSeries;
  if (isMainThread) linkThreads(others);
  if (isMainThread && !isClusterWorker()) linkWorkers(others);
  const read = async (): Promise<Reading> => {
    await Promise.all([refresh(), others.refresh()]);
    const { metrics, common } = readAll(registry, () => undefined);
    return { metrics: isMainThread ? metrics : ofThread(metrics), common };
  };
  if (!isMainThread) linkMainThread(read);
  else if (isClusterWorker()) linkPrimary(read);
}

/** What is measured of the process as a whole would be counted once more for each of its threads. */
async function* ofThread(metrics: AsyncIterable<ReadableMetric>): AsyncGenerator<ReadableMetric> {
  for await (const metric of metrics) if (!metric.name.startsWith('process_')) yield metric;
}

/** @param onFailure Called with the name of a metric that cannot be read. */
export function readAll(registry: MetricsRegistry, onFailure: (name: string) => void): Reading {
  const own = readRegistry(registry, onFailure);
  const common = commonLabels(registry);
  const { told } = others;
  if (told.length === 0) return { metrics: own, common };
  return { metrics: together(own, common, told), common: {} };
}
