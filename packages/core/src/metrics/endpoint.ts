/** Metrics endpoint: what scrapers read, answered straight on Node's response and always with 200. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { answerProbe } from '../http/probe.js';
import { sayOnce } from '../http/say-once.js';
import { invalidOption } from '../internal/options.js';
import { createAdmission } from './admission.js';
import type { MeasuredApplication } from './application.js';
import { isClusterWorker } from './links.js';
import { measure, type MeasureOptions } from './measure.js';
import { acceptsGzip, negotiateFormat } from './negotiation.js';
import { others, readAll } from './reading.js';
import type { MetricsRegistry } from './registry.js';
import { render } from './render.js';
import { contentTypes } from './text-format.js';

/** Options of `metrics()`, the same in every framework. */
export interface MetricsOptions extends MeasureOptions {
  /** Where the metrics are. @default '/metrics' */
  path?: string | undefined;
  /**
   * What a reader must send as `Authorization: Bearer …`, 16 characters or more; without it only private addresses are
   * answered.
   */
  token?: string | undefined;
}

export const metricsDefaults: { path: string } = { path: '/metrics' };

/** Answers a request for the metrics. `false`, and nothing done, for any other path. */
export type MetricsEndpoint = (req: IncomingMessage, res: ServerResponse, path: string) => boolean;

/** What answers scrapers, and where. */
export interface Scraped {
  readonly observability: MeasuredApplication;
  readonly isAt: (path: string) => boolean;
  readonly answer: (req: IncomingMessage, res: ServerResponse) => void;
}

/**
 * Begins to measure, and makes what answers scrapers.
 *
 * @param fallback The observability when the options name none.
 * @throws {ConfigError} When an option cannot be used, or there is no registry and no library that brings one.
 */
export function createMetricsEndpoint(options: MetricsOptions, fallback: () => MeasuredApplication): MetricsEndpoint {
  const { observability, isAt, answer } = createScraped(options, fallback);
  return function answerMetrics(req, res, path) {
    if (!isAt(path)) return false;
    if (!answerProbe(req, () => answer(req, res))) sayOnce(observability, unobserved);
    if (isClusterWorker()) sayOnce(observability, oneOfMany);
    return true;
  };
}

export function createScraped(options: MetricsOptions, fallback: () => MeasuredApplication): Scraped {
  const { path: base = metricsDefaults.path } = options;
  if (typeof base !== 'string' || !base.startsWith('/'))
    throw invalidOption('metrics.path', 'a path that starts with a slash, such as /metrics', base);
  const admit = createAdmission(options.token);
  const { registry, observability, refresh } = measure(options, fallback);
  const answer = async (req: IncomingMessage, res: ServerResponse): Promise<void> => {
    await Promise.all([refresh(), others.refresh()]);
    // Somebody else may have answered by now, such as a middleware that limits the time.
    if (!res.headersSent) await write(req, res, registry, observability);
  };
  return {
    observability,
    isAt: (path) => withoutSlash(path) === withoutSlash(base),
    answer(req, res) {
      const refusal = admit(req);
      if (refusal) refuse(res, refusal);
      else if (req.method !== 'GET' && req.method !== 'HEAD') refuse(res, { status: 405, reason: 'GET or HEAD' });
      else void answer(req, res);
    },
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

async function write(
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
  const text = Readable.from(render(readAll(registry, unreadable), format), { objectMode: false });
  // A scraper that goes away is nobody's trouble.
  await (isZipped ? pipeline(text, createGzip({ level: 1 }), res) : pipeline(text, res)).catch(() => undefined);
}

const unobserved = 'metrics() counts what requestContext() observes; mount requestContext() before it';

const oneOfMany =
  'metrics() in a worker of a cluster tells of this worker alone; createMetricsServer() in the primary tells of all';
