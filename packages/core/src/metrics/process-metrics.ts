/** Process metrics: what the client library tells of Node and the process, safe to be read by more than one scraper. */
import type { Clock } from '../internal/clock.js';
import { installedClients, type MetricsRegistry } from './registry.js';

interface Collecting {
  collect?: () => unknown;
}

/** Least time that a value is measured for, in milliseconds, however often somebody reads it. */
export const windowMs = 10_000;

/**
 * Adds the library's own metrics unless the registry has them, under the library's own names. Without a library there
 * are none: a registry of the user's does not say where it came from.
 */
export function addProcessMetrics(registry: MetricsRegistry, clock: Clock): void {
  const [client] = installedClients();
  if (!registry.getSingleMetric('process_cpu_seconds_total'))
    client?.load().collectDefaultMetrics({ register: registry });
  // It forgets at each reading what it measured: the second of two scrapers would see the time since the first.
  const lag = registry.getSingleMetric('nodejs_eventloop_lag_seconds') as Collecting | undefined;
  if (lag?.collect) lag.collect = atMostEvery(windowMs, clock, lag.collect.bind(lag));
}

/** Makes a function that calls `measure` when the last time is long enough ago, and else gives what came of it then. */
export function atMostEvery<T>(intervalMs: number, clock: Clock, measure: () => T): () => T {
  let last: { readonly value: T; readonly atMs: number } | undefined;
  return () => {
    const nowMs = clock.monotonicMs();
    if (!last || nowMs - last.atMs >= intervalMs) last = { value: measure(), atMs: nowMs };
    return last.value;
  };
}
