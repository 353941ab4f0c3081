/** Graceful shutdown: a service that goes without losing a request. */
import type { Server } from 'node:net';
import { shutdownFromEnvironment } from './environment.js';
import { requireObject, withDefaults } from './internal/options.js';
import { getObservability } from './process-observability.js';
import type { GracefulShutdownOptions, Shutdown } from './shutdown/options.js';
import { createShutdown } from './shutdown/shutdown.js';

/**
 * Shuts a service down on SIGTERM and SIGINT without losing a request: out of traffic, off the network, its hooks, its
 * exporters, in this order and within the grace period. A second signal ends the process at once.
 *
 * @param server Any server of Node's, or several: of `node:http`, `node:https`, `node:http2`, `node:net`.
 * @throws {ConfigError} When an option cannot be used, or the parts do not fit into the grace period.
 * @example
 * ```ts
 * gracefulShutdown(app.listen(3000), { hooks: [{ name: 'postgres', run: () => pool.end() }] });
 * ```
 */
export function gracefulShutdown(server: Server | readonly Server[], options: GracefulShutdownOptions = {}): Shutdown {
  requireObject('gracefulShutdown', options);
  const warn = (sentence: string): void => getObservability().getLogger('throughline').warn(sentence);
  const settings = withDefaults<GracefulShutdownOptions>(shutdownFromEnvironment(process.env, warn), options);
  return createShutdown(Array.isArray(server) ? server : [server], settings, getObservability);
}
