/** Registry: what is asked of a registry of prom-client's kind, and of the library that brings it. */
import { ConfigError } from '../errors.js';
import { findInstalled } from '../internal/application.js';
import { invalidOption } from '../internal/options.js';
import { Family, type Labels, type RegisteredMetric } from './family.js';

/** A registry of prom-client's or of `@prometheus-io/client`, seen as the methods that are used. */
export interface MetricsRegistry {
  registerMetric(metric: never): void;
  getMetricsAsArray(): readonly unknown[];
  getSingleMetric(name: string): unknown;
}

interface Client {
  readonly register: MetricsRegistry;
  collectDefaultMetrics(options: { register: MetricsRegistry }): void;
}

/** The libraries that can be used, the first one that is installed before the other. */
const clientNames = ['prom-client', '@prometheus-io/client'];

/** The names of the libraries that the application has, with a way to load each. */
export function installedClients(): readonly { readonly name: string; load(): Client }[] {
  return clientNames.flatMap((name) => {
    const load = findInstalled(name);
    return load ? [{ name, load: load as () => Client }] : [];
  });
}

/** @throws {ConfigError} When there is no library to take a registry from. */
export function defaultRegistry(): MetricsRegistry {
  const [client] = installedClients();
  if (client) return client.load().register;
  const expected = 'a registry of prom-client, which is not installed (npm install prom-client)';
  throw invalidOption('metrics.registry', expected, undefined);
}

/** @throws {ConfigError} When it is no registry. */
export function requireRegistry(registry: MetricsRegistry | undefined): void {
  if (registry === undefined) return;
  const { registerMetric, getMetricsAsArray } = (registry ?? {}) as Partial<MetricsRegistry>;
  if (typeof registerMetric === 'function' && typeof getMetricsAsArray === 'function') return;
  throw invalidOption('metrics.registry', "a registry of prom-client or '@prometheus-io/client'", typeof registry);
}

/** The metrics of a registry, in their order. */
export function metricsOf(registry: MetricsRegistry): readonly (Family | RegisteredMetric)[] {
  return registry.getMetricsAsArray() as readonly RegisteredMetric[];
}

/** What `registry.setDefaultLabels()` was given. */
export function commonLabels(registry: MetricsRegistry): Labels {
  return (registry as { _defaultLabels?: Labels })._defaultLabels ?? {};
}

/** @throws {ConfigError} When the registry has a metric of that name already. */
export function register(registry: MetricsRegistry, family: Family): void {
  const { name } = family.description;
  try {
    registry.registerMetric(family as never);
  } catch (cause) {
    const expected = `one that has no metric named ${name} yet; another library seems to make it`;
    const message = `metrics.registry must be ${expected}`;
    throw new ConfigError('INVALID_OPTION', message, 'metrics.registry', expected, 'one that has', { cause });
  }
}
