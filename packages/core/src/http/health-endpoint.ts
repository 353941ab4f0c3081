/** Health endpoint: the four health views, answered straight on Node's response. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { runOutsideContext } from '../context/run.js';
import type { HealthCheck } from '../health/check.js';
import type { HealthView } from '../health/effects.js';
import { chooseFormat } from '../health/formats/choice.js';
import { invalidOption } from '../internal/options.js';
import { exchangeOf } from './exchange.js';
import { createHealthAccess, type HealthAccess } from './health-access.js';
import { type ObservedApplication, requireObserved } from './observed.js';

/** Options of `health()`, the same in every framework. */
export interface HealthOptions {
  /** @default the process's own, made from the environment when there is none */
  observability?: ObservedApplication;
  /** Where the whole answer is; `/live`, `/ready` and `/startup` stand below it. @default '/health' */
  path?: string;
  /** Checks by the name under which they are reported; added to those of the observability. */
  checks?: Readonly<Record<string, HealthCheck | HealthCheck['probe']>>;
  /** Who sends it as `Authorization: Bearer …` sees durations, counts and moments, as those on this machine do. */
  token?: string;
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
  const mayHaveDetails = createHealthAccess(options.token);
  const observability = options.observability ?? fallback();
  observability.health.registerAll(checks);

  return function answerHealth(req, res, path) {
    const view = viewAt(path, base);
    if (!view) return false;
    const exchange = exchangeOf(req);
    if (exchange) exchange.isProbe = true;
    if (req.method === 'GET' || req.method === 'HEAD') void answer(req, res, { view, observability, mayHaveDetails });
    else res.writeHead(405, { allow: 'GET, HEAD', 'cache-control': 'no-store', 'content-length': '0' }).end();
    return true;
  };
}

const viewsByPath: Readonly<Record<string, HealthView>> = {
  '': 'health',
  '/live': 'live',
  '/ready': 'ready',
  '/startup': 'startup',
};

function viewAt(path: string, base: string): HealthView | undefined {
  const trimmed = path.endsWith('/') ? path.slice(0, -1) : path;
  const root = base.endsWith('/') ? base.slice(0, -1) : base;
  if (!trimmed.startsWith(root)) return undefined;
  const below = trimmed.slice(root.length);
  return Object.hasOwn(viewsByPath, below) ? viewsByPath[below] : undefined;
}

interface Question {
  readonly view: HealthView;
  readonly observability: ObservedApplication;
  readonly mayHaveDetails: HealthAccess;
}

/** Written without the framework, which would add an ETag and so could answer a probe with 304. */
async function answer(req: IncomingMessage, res: ServerResponse, question: Question): Promise<void> {
  const { view, observability, mayHaveDetails } = question;
  const query = queryOf(req);
  const format = chooseFormat(query.get('format'), req.headers.accept);
  // A pool made on its first use must not keep the context of a probe.
  const report = await runOutsideContext(() => observability.health.check(view));
  if (res.headersSent) return;
  const body = format.print(report, {
    hasDetails: mayHaveDetails(req),
    isVerbose: query.has('verbose'),
    uptimeSeconds: process.uptime(),
    nowMs: Date.now(),
  });
  res.writeHead(format.isAlways200 ? 200 : report.httpStatus, {
    'content-type': format.contentType,
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
    vary: varyOf(res),
  });
  // Node drops the body of an answer to HEAD by itself.
  res.end(body);
}

function queryOf({ url = '' }: IncomingMessage): URLSearchParams {
  const start = url.indexOf('?');
  return new URLSearchParams(start === -1 ? '' : url.slice(start));
}

/** Keeps what the application's own middleware, such as one for CORS, said before. */
function varyOf(res: ServerResponse): string {
  const before = [res.getHeader('vary') ?? []].flat().join(', ');
  return before === '' ? 'Accept' : `${before}, Accept`;
}
