/** Elsewhere: metrics that are read at a port of their own, or where another thread is. */
import { createServer, type Server } from 'node:http';
import { getObservability } from '../process-observability.js';
import { createScraped, type MetricsOptions } from './endpoint.js';
import { measure, type MeasureOptions } from './measure.js';

/**
 * Makes a server that answers nothing but the metrics, for a port that only scrapers reach. In the primary of a cluster
 * it tells of all workers. It does not keep the process alive.
 *
 * @example
 * ```ts
 * createMetricsServer().listen(9464);
 * ```
 * @throws {ConfigError} When an option cannot be used, or there is no registry and no library that brings one.
 */
export function createMetricsServer(options: MetricsOptions = {}): Server {
  const { isAt, answer } = createScraped(options, getObservability);
  const server = createServer((req, res) => {
    if (isAt((req.url ?? '').split('?', 1)[0] ?? '')) answer(req, res);
    else res.writeHead(404, { 'content-length': '0' }).end();
  });
  return server.unref();
}

/**
 * Has the metrics of this worker thread told where those of the main thread are. It does not keep the thread alive.
 *
 * @throws {ConfigError} When an option cannot be used, or there is no registry and no library that brings one.
 */
export function shareMetrics(options: MeasureOptions = {}): void {
  measure(options, getObservability);
}
