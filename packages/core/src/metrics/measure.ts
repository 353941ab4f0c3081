/** Measuring: begins to count what an application does, in the registry that it names. */
import { requireObserved } from '../http/observed.js';
import { sayOnce } from '../http/say-once.js';
import { requireRange } from '../internal/options.js';
import type { MeasuredApplication } from './application.js';
import { measurementsOf } from './measurements.js';
import { link } from './reading.js';
import { defaultRegistry, installedClients, type MetricsRegistry, requireRegistry } from './registry.js';

/** What is measured, and where it stands. */
export interface MeasureOptions {
  /** @default the process's own, made from the environment when there is none */
  observability?: MeasuredApplication | undefined;
  /** A registry of the application's own. @default the one that prom-client, or else `@prometheus-io/client`, calls `register` */
  registry?: MetricsRegistry | undefined;
  /** Most label sets of a metric of requests or jobs; what would be one more is counted in one series for all. @default 2000 */
  maxSeries?: number | undefined;
}

export const measureDefaults: { maxSeries: number } = { maxSeries: 2000 };

/** What is measured now. */
export interface Measured {
  readonly registry: MetricsRegistry;
  readonly observability: MeasuredApplication;
  /** Brings up to date what has to be asked for; never rejects. */
  readonly refresh: () => Promise<void>;
}

/** @throws {ConfigError} When an option cannot be used, or there is no registry and no library that brings one. */
export function measure(options: MeasureOptions, fallback: () => MeasuredApplication): Measured {
  requireObserved('metrics', options);
  const { maxSeries = measureDefaults.maxSeries } = options;
  requireRange('metrics.maxSeries', maxSeries, 1, 100_000);
  requireRegistry(options.registry);
  const registry = options.registry ?? defaultRegistry();
  const observability = options.observability ?? fallback();
  const measurements = measurementsOf(registry, maxSeries);
  measurements.measure(observability);
  if (!options.registry && installedClients().length > 1) sayOnce(observability, twoClients);
  const refresh = (): Promise<void> => measurements.refresh();
  link(registry, maxSeries, refresh);
  return { registry, observability, refresh };
}

const twoClients =
  'prom-client and @prometheus-io/client are both installed, and each has a registry of its own; metrics() serves that ' +
  'of prom-client: pass registry to say which one, or remove the other';
