/** Metrics endpoint: what scrapers read, answered straight on Node's response and always with 200. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { requireObserved } from '../http/observed.js';
import { answerProbe } from '../http/probe.js';
import { sayOnce } from '../http/say-once.js';
import { invalidOption, requireRange } from '../internal/options.js';
import { createAdmission } from './admission.js';
import type { MeasuredApplication } from './application.js';
import { measurementsOf } from './measurements.js';
import { acceptsGzip, negotiateFormat } from './negotiation.js';
import { defaultRegistry, installedClients, requireRegistry, type MetricsRegistry } from './registry.js';
import { render } from './render.js';
import { contentTypes } from './text-format.js';

/** Options of `metrics()`, the same in every framework. */
export interface MetricsOptions {
  /** @default the process's own, made from the environment when there is none */
  observability?: MeasuredApplication;
  /** Where the metrics are. @default '/metrics' */
  path?: string;
  /** A registry of the application's own. @default the one that prom-client, or else `@prometheus-io/client`, calls `register` */
  registry?: MetricsRegistry;
  /** What a reader must send as `Authorization: Bearer …`; without it only private addresses are answered. */
  token?: string;
  /** Most label sets of the request metrics; what would be one more is counted in one series for all. @default 2000 */
  maxSeries?: number;
}

export const metricsDefaults: { path: string; maxSeries: number } = { path: '/metrics', maxSeries: 2000 };

/** Answers a request for the metrics. `false`, and nothing done, for any other path. */
export type MetricsEndpoint = (req: IncomingMessage, res: ServerResponse, path: string) => boolean;

/**
 * Begins to measure, and makes what answers scrapers.
 *
 * @param fallback The observability when the options name none.
 * @throws {ConfigError} When an option cannot be used, or there is no registry and no library that brings one.
 */
export function createMetricsEndpoint(options: MetricsOptions, fallback: () => MeasuredApplication): MetricsEndpoint {
  requireObserved('metrics', options);
  const { path: base = metricsDefaults.path, maxSeries = metricsDefaults.maxSeries } = options;
  if (typeof base !== 'string' || !base.startsWith('/'))
    throw invalidOption('metrics.path', 'a path that starts with a slash, such as /metrics', base);
  requireRange('metrics.maxSeries', maxSeries, 1, 100_000);
  requireRegistry(options.registry);
  const admit = createAdmission(options.token);
  const registry = options.registry ?? defaultRegistry();
  const observability = options.observability ?? fallback();
  const measurements = measurementsOf(registry, maxSeries);
  measurements.measure(observability);
  if (!options.registry && installedClients().length > 1) sayOnce(observability, twoClients);

  return function answerMetrics(req, res, path) {
    if (withoutSlash(path) !== withoutSlash(base)) return false;
    const isObserved = answerProbe(req, () => {
      const refusal = admit(req);
      if (refusal) refuse(res, refusal);
      else if (req.method !== 'GET' && req.method !== 'HEAD') refuse(res, { status: 405, reason: 'GET or HEAD' });
      else void measurements.refresh().then(() => answer(req, res, registry, observability));
    });
    if (!isObserved) sayOnce(observability, unobserved);
    return true;
  };
}

function withoutSlash(path: string): string {
  return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
}

const further: Readonly<Record<number, Readonly<Record<string, string>>>> = {
  401: { 'www-authenticate': 'Bearer' },
  405: { allow: 'GET, HEAD' },
};

function refuse(res: ServerResponse, { status, reason }: { status: number; reason: string }): void {
  const head = { 'content-type': 'text/plain; charset=utf-8', 'content-length': reason.length + 1, ...further[status] };
  res.writeHead(status, head).end(`${reason}\n`);
}

async function answer(
  req: IncomingMessage,
  res: ServerResponse,
  registry: MetricsRegistry,
  observability: MeasuredApplication,
): Promise<void> {
  const format = negotiateFormat(req.headers);
  const isZipped = acceptsGzip(req.headers);
  res.writeHead(200, {
    'content-type': contentTypes[format],
    'cache-control': 'no-store',
    vary: 'accept, accept-encoding',
    ...(isZipped && { 'content-encoding': 'gzip' }),
  });
  if (req.method === 'HEAD') return void res.end();
  const unreadable = (name: string): void =>
    sayOnce(observability, `the metric ${name} cannot be read and is left out; its collect() failed`);
  const text = Readable.from(render(registry, format, unreadable), { objectMode: false });
  // A scraper that goes away is nobody's trouble.
  await (isZipped ? pipeline(text, createGzip({ level: 1 }), res) : pipeline(text, res)).catch(() => undefined);
}

const twoClients =
  'prom-client and @prometheus-io/client are both installed, and each has a registry of its own; metrics() serves that ' +
  'of prom-client: pass registry to say which one, or remove the other';

const unobserved = 'metrics() counts what requestContext() observes; mount requestContext() before it';
