/** Request observer: gives a request its context, and says at its end what came of it. */
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { activeSpan } from '../context/active-span.js';
import { conclude, forget } from '../context/conclusion.js';
import { activeTrace, ContextScope, noFields } from '../context/request-context.js';
import { parseTraceparent, parseTracestate } from '../context/traceparent.js';
import { requireFunctionOr } from '../internal/options.js';
import { accessLine } from './access-line.js';
import { Exchange, exchangeOf } from './exchange.js';
import { observeMessages } from './observe-messages.js';
import { type ObservedApplication, requireObserved } from './observed.js';
import { type AccessLog, noAccessLog } from './access-log.js';
import type { AccessLogMiddleware } from './access-log-middleware.js';
import type { AccessLogOptions } from './access-log-options.js';
import { chooseAccessLog } from './choose-access-log.js';
import { clientAddress, requireProxies } from './client-address.js';
import { type FindLevel, ownLevel } from './own-level.js';
import { type RequestIdOptions, requestIdOptions, resolveRequestId } from './request-id.js';
import { sayOnce } from './say-once.js';
import { knownMethod } from './tally.js';
import { type FindUser, findUser } from './user.js';

/** Options of `requestContext()`, the same in every framework. `Source` is what the framework calls the request. */
export interface RequestContextOptions<Source> {
  /** @default the process's own, made from the environment when there is none */
  observability?: ObservedApplication;
  requestId?: { [K in keyof RequestIdOptions]?: RequestIdOptions[K] | undefined };
  /** Finds the user, asked at the start and again at the end. @default what the framework's authentication left, its `id` or `sub` */
  user?: FindUser<Source>;
  /**
   * The level of one request, in place of all loggers' own; asked when it arrives. Who may ask for detail has to be
   * proven: a header that anybody can send lets anybody fill your disk. @default none, the loggers' own
   */
  level?: FindLevel<Source>;
  /**
   * How the access line is written; or a pino-http of the application's own, which then writes it in our place; or
   * `false` for none at all.
   */
  accessLog?: AccessLogOptions | AccessLogMiddleware | false;
  /**
   * How many proxies of your own stand in front of the application, each of which adds to `X-Forwarded-For`. From
   * there, counted from the right, comes `client_ip`. @default 0
   */
  trustedProxies?: number;
}

export const requestContextDefaults: { trustedProxies: number } = { trustedProxies: 0 };

/** What only the framework knows. */
export interface Framework<Source> {
  /** The route's template, such as `/orders/:id`; `undefined` while no route has matched. Asked at the end. */
  readonly route: (source: Source) => string | undefined;
  /** What authentication left on the request. */
  readonly user: FindUser<Source>;
}

/** Called by an adapter for each request. */
export interface RequestObserver<Source> {
  /** Calls `next` in the context of the request; the second time for one request it does nothing else. */
  <R>(req: IncomingMessage, res: ServerResponse, source: Source, next: () => R): R;
  /** Records what made the request fail; a request that failed before it was observed is observed from here on. */
  fail(req: IncomingMessage, res: ServerResponse, source: Source, error: unknown): Exchange;
}

/**
 * Makes the observer that an adapter calls for each request.
 *
 * @param fallback The observability when the options name none; asked at the first request.
 * @throws {ConfigError} When an option cannot be used.
 */
export function createRequestObserver<Source>(
  framework: Framework<Source>,
  options: RequestContextOptions<Source>,
  fallback: () => ObservedApplication,
): RequestObserver<Source> {
  requireObserved('requestContext', options);
  const idOptions = requestIdOptions(options.requestId);
  const find = options.user ?? framework.user;
  requireFunctionOr('user', find, []);
  const { level } = options;
  if (level !== undefined) requireFunctionOr('level', level, []);
  const accessLog = chooseAccessLog(options.accessLog);
  const { trustedProxies = requestContextDefaults.trustedProxies } = options;
  requireProxies('trustedProxies', trustedProxies);

  function observe<R>(req: IncomingMessage, res: ServerResponse, source: Source, next: () => R): R {
    const known = exchangeOf(req);
    if (known) sayOnce(options.observability ?? fallback(), mountedTwice);
    return (known ?? start(req, res, source)).run(next);
  }

  function fail(req: IncomingMessage, res: ServerResponse, source: Source, error: unknown): Exchange {
    const exchange = exchangeOf(req) ?? start(req, res, source);
    exchange.fail(error);
    return exchange;
  }

  function start(req: IncomingMessage, res: ServerResponse, source: Source): Exchange {
    const observability = options.observability ?? fallback();
    const { headers } = req;
    const scope = scopeFor(req, headers, resolveRequestId(req, headers, idOptions));
    const exchange = new Exchange(req, res, headers, source, idOptions.responseHeader, scope, observability, onClose);
    observeMessages(req, res);
    if (!res.headersSent) res.setHeader(idOptions.responseHeader, scope.requestId);
    activeSpan()?.setAttribute('request_id', scope.requestId);
    recognise(exchange, find);
    if (level) scope.unit.level = ownLevel(level, source, observability);
    exchange.isLoggedElsewhere = accessLog.isElsewhere;
    if (trustedProxies > 0) exchange.clientIp = clientAddress(req, exchange.clientIp, trustedProxies);
    // The response of a connection that was handed over may never have been given it, and so never close.
    if (exchange.isUpgrade) req.socket.once('close', () => exchange.run(() => exchange.hear('close', undefined)));
    if (accessLog.begin) exchange.run(() => accessLog.begin?.(exchange, observability));
    return exchange;
  }

  function onClose(exchange: Exchange): void {
    recognise(exchange, find);
    end(exchange, framework.route(exchange.source as Source), accessLog);
  }

  return Object.assign(observe, { fail });
}

function scopeFor(req: IncomingMessage, headers: IncomingHttpHeaders, requestId: string): ContextScope {
  const inboundTrace = parseTraceparent(headers['traceparent']);
  return new ContextScope({
    requestId,
    kind: 'http',
    method: req.method,
    path: pathOf(req),
    firstTrace: activeTrace() ?? inboundTrace,
    tracestate: inboundTrace && parseTracestate(headers['tracestate']),
    logged: {},
    exchange: undefined,
    fields: noFields,
    revision: 0,
  });
}

/** Express cuts the mount path off `url`, and keeps the whole in `originalUrl`. */
function pathOf(req: IncomingMessage & { originalUrl?: string }): string {
  const url = req.originalUrl ?? req.url ?? '/';
  const path = url.startsWith('/') ? url : url.replace(origin, '/');
  const end = path.search(/[?#]/);
  return (end === -1 ? path : path.slice(0, end)).slice(0, maxPathLength);
}

/** What a proxy is sent stands before the path with the host, and with the password of whoever has put one there. */
const origin = /^[a-z][a-z\d+.-]*:\/\/[^/?#]*\/?/i;

/** Longer paths say no more: Node takes 16 KiB of head, and each line carries the path. */
const maxPathLength = 2048;

function recognise<Source>({ scope, source }: Exchange, find: FindUser<Source>): void {
  if (scope.user) return;
  const user = findUser(source as Source, find);
  if (!user) return;
  scope.setUser(user);
  activeSpan()?.setAttribute('user.id', user.id);
}

function end(exchange: Exchange, route: string | undefined, accessLog: AccessLog): void {
  const { observability } = exchange;
  exchange.isClosed = true;
  const durationMs = performance.now() - exchange.startedAtMs;
  const line = accessLine(exchange, route, durationMs);
  if (!exchange.isProbe) tellListeners(exchange, route, line.fields['status'] as number, durationMs);
  conclude(exchange.scope.unit, { failed: line.level === 'error', durationMs });
  if (exchange.hasPinoHttpBeside) sayOnce(observability, besideUs);
  const { end: write } = exchange.hasPinoHttpBeside ? noAccessLog : accessLog;
  write(exchange, observability, line, durationMs);
  forget(exchange.scope.unit);
}

function tellListeners(
  { scope, observability: { tally } }: Exchange,
  route: string | undefined,
  status: number,
  durationMs: number,
): void {
  if (tally.listeners.length === 0) return;
  const { method, trace } = scope;
  for (const listener of tally.listeners) listener(knownMethod(method), route, status, durationMs, trace);
}

const mountedTwice = 'requestContext() is mounted more than once; the first one does the work';

const besideUs =
  'pino-http is mounted beside requestContext() and writes the access line; ' +
  'hand it in as accessLog to have it run in the request context, or remove it';
