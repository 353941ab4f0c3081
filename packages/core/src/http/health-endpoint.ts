/** Health endpoint: the three health views, answered straight on Node's response. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { runOutsideContext } from '../context/run.js';
import { flatBody } from '../health/flat-body.js';
import type { HealthCheck } from '../health/check.js';
import type { HealthView } from '../health/report.js';
import { invalidOption } from '../internal/options.js';
import { exchangeOf } from './exchange.js';
import { type ObservedApplication, requireObserved } from './observed.js';

/** Options of `health()`, the same in every framework. */
export interface HealthOptions {
  /** @default the process's own, made from the environment when there is none */
  observability?: ObservedApplication;
  /** Where the whole answer is; `/live` and `/ready` stand below it. @default '/health' */
  path?: string;
  /** Checks by the name under which they are reported; added to those of the observability. */
  checks?: Readonly<Record<string, HealthCheck | HealthCheck['probe']>>;
}

/** Answers a request for one of the views. `false`, and nothing done, for any other path. */
export type HealthEndpoint = (req: IncomingMessage, res: ServerResponse, path: string) => boolean;

/**
 * @param fallback The observability when the options name none.
 * @throws {ConfigError} When the path does not start with a slash, or a check cannot be registered.
 */
export function createHealthEndpoint(options: HealthOptions, fallback: () => ObservedApplication): HealthEndpoint {
  requireObserved('health', options);
  const { path: base = '/health', checks = {} } = options;
  if (typeof base !== 'string' || !base.startsWith('/')) {
    throw invalidOption('health.path', 'a path that starts with a slash, such as /api/health', base);
  }
  const observability = options.observability ?? fallback();
  observability.health.registerAll(checks);

  return function answerHealth(req, res, path) {
    const view = viewAt(path, base);
    if (!view) return false;
    const exchange = exchangeOf(req);
    if (exchange) exchange.isProbe = true;
    if (req.method === 'GET' || req.method === 'HEAD') void answer(res, view, observability);
    else res.writeHead(405, { allow: 'GET, HEAD', 'content-length': '0' }).end();
    return true;
  };
}

function viewAt(path: string, base: string): HealthView | undefined {
  const trimmed = path.endsWith('/') ? path.slice(0, -1) : path;
  const root = base.endsWith('/') ? base.slice(0, -1) : base;
  if (!trimmed.startsWith(root)) return undefined;
  switch (trimmed.slice(root.length)) {
    case '':
      return 'health';
    case '/live':
      return 'live';
    case '/ready':
      return 'ready';
    default:
      return undefined;
  }
}

/** Written without the framework, which would add an ETag and so could answer a probe with 304. */
async function answer(res: ServerResponse, view: HealthView, { health }: ObservedApplication): Promise<void> {
  // A pool made on its first use must not keep the context of a probe.
  const report = await runOutsideContext(() => health.check(view));
  if (res.headersSent) return;
  const body = flatBody(report);
  res.writeHead(report.httpStatus, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
  });
  // Node drops the body of an answer to HEAD by itself.
  res.end(body);
}
