/** Exchange: one request with its response, from the moment it is seen until the response is closed. */
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import type { Logger } from 'pino';
import { currentScope, runInScope } from '../context/current.js';
import type { ContextScope } from '../context/request-context.js';
import { isHangUp } from './hang-up.js';
import { isPinoHttpListening } from './is-pino-http-listening.js';
import { leaveTrace } from './leave-trace.js';
import type { ObservedApplication } from './observed.js';
import { readInScope } from './read-in-scope.js';
import type { InFlight } from './tally.js';

/**
 * Where a request keeps its exchange; the same for every copy of this package. Not a `WeakMap`: V8's scavenger takes the
 * values of an old one for alive, so that each request outlived its end; that was measured to cost 14 µs a request.
 */
const exchangeKey: unique symbol = Symbol.for('throughline.exchange');

interface Observed {
  [exchangeKey]?: Exchange;
}

/** Told when the response is closed. */
export type OnClose = (exchange: Exchange) => void;

/** What is known of one request; `exchangeOf(req)` finds it again. */
export class Exchange {
  /** When the request was seen, on the monotonic clock. */
  readonly startedAtMs: number = performance.now();
  /** Whether the access line was handed to something else, or is not wanted. */
  isLoggedElsewhere = false;
  /** Whether the application mounted a pino-http of its own. */
  hasPinoHttpBeside = false;
  /** Address of the peer, or of the client of a trusted proxy; kept because a closed socket forgets it. */
  clientIp: string | undefined;
  /** Bytes the connection had sent before this response; it may have served others. */
  sentBefore: number;
  /** Bytes it had sent when this response was complete, before the next of pipelined ones. */
  sentAfter: number | undefined = undefined;
  /** Whether Node handed the connection over for another protocol, such as a WebSocket. */
  readonly isUpgrade: boolean;
  /** Whether the whole response was handed to a connection that was still there. */
  isSent = false;
  /** Whether the response was closed and the access line written. */
  isClosed = false;
  /** What stood on the response when it was closed, and whether that was sent. */
  statusCode = 0;
  hasHead = false;
  private readonly socket: Socket | undefined;
  private probing = false;
  private inFlight: InFlight | undefined;
  private boundLogger: Logger | undefined = undefined;
  private failure: { error: unknown; afterHead: boolean } | undefined = undefined;

  constructor(
    readonly req: IncomingMessage,
    readonly res: ServerResponse,
    readonly headers: IncomingHttpHeaders,
    /** What the framework calls the request. */
    readonly source: unknown,
    /** In which the response carries the request id. */
    readonly responseHeader: string,
    readonly scope: ContextScope,
    readonly observability: ObservedApplication,
    private readonly onClose: OnClose,
  ) {
    const { socket } = req;
    this.socket = socket;
    this.clientIp = withoutPrefix(socket?.remoteAddress);
    this.sentBefore = socket?.bytesWritten ?? 0;
    this.isUpgrade = headers.upgrade !== undefined && (req as { upgrade?: unknown }).upgrade === true;
    this.inFlight = observability.tally.enter(scope.method);
    (req as Observed)[exchangeKey] = this;
    scope.unit.exchange = this;
    if (res.req !== req) this.meet(res);
  }

  /** Somebody may have put another object in the request's place; its response still has the one from Node, if any. */
  private meet(res: { req?: IncomingMessage }): void {
    res.req ??= this.req;
    (res.req as Observed)[exchangeKey] = this;
  }

  /**
   * Probes are what health and metrics answer: their access line is for debugging, unless they fail, and they are in no
   * count of requests and in no trace.
   */
  get isProbe(): boolean {
    return this.probing;
  }

  set isProbe(probing: boolean) {
    this.probing = probing;
    if (!probing) return;
    this.leave();
    leaveTrace();
  }

  /** Ends its being counted as a request in flight. */
  leave(): void {
    if (this.inFlight) this.inFlight.count--;
    this.inFlight = undefined;
  }

  /** The root logger with this request's context, wherever it is called from. */
  get logger(): Logger {
    this.boundLogger ??= this.observability.loggerFor(this.scope);
    return this.boundLogger;
  }

  /** Takes note of an event of the response before its listeners do; in the context of the request. */
  hear(event: string | symbol, value: unknown): void {
    // Koa pipes a body only when all middleware has returned.
    if (event === 'pipe') readInScope(value as Readable, this.scope);
    // `writableFinished` turns true on a destroyed connection too, but the event does not come then.
    else if (event === 'finish') this.finish();
    // A response that waited for others gets the connection when they are complete.
    else if (event === 'socket') this.sentBefore = (value as Socket).bytesWritten;
    else if (event === 'close' && !this.isClosed) this.close();
  }

  private finish(): void {
    const { isHttp2 } = this;
    this.isSent = !(isHttp2 && isReset(this.res));
    if (!isHttp2) this.sentAfter = this.socket?.bytesWritten;
    // Asked before its own listener takes all of them away.
    this.noticePinoHttp();
  }

  private close(): void {
    const { res } = this;
    if (!this.isSent) this.noticePinoHttp();
    // stream.pipeline() destroys the response with the error of whatever broke.
    if (!this.isSent && res.errored) this.fail(res.errored);
    this.statusCode = res.statusCode;
    this.hasHead = this.isSent || res.headersSent;
    this.leave();
    try {
      this.onClose(this);
    } finally {
      // Sockets and timers may hold the context for long.
      this.scope.unit.exchange = undefined;
    }
  }

  /** Only HTTP/2 has headers whose names begin with a colon. */
  private get isHttp2(): boolean {
    return this.headers[':method'] !== undefined;
  }

  /**
   * Records the error that made the request fail; the first one counts, and none that comes of a hang-up. One that comes
   * when the access line has been written gets a line of its own.
   */
  fail(error: unknown): void {
    if (this.failure || isHangUp(error, this.req)) return;
    this.failure = { error, afterHead: this.res.headersSent };
    if (this.isClosed) this.logger.error({ err: error }, 'request failed after its response was closed');
    // pino-http writes the error it finds here instead of one of its own making.
    else (this.res as { err?: unknown }).err ??= error;
  }

  /** The recorded error, or one that was left on the response where pino-http would look for it. */
  get error(): unknown {
    return this.failure ? this.failure.error : (this.res as { err?: unknown }).err;
  }

  /** Why the request failed: the recorded error, else the one that a handler logged before it answered by itself. */
  get reason(): unknown {
    return this.error ?? this.scope.unit.logged?.error;
  }

  /** Whether an error came when the status had been sent already, so that the status does not tell of it. */
  get failedAfterHead(): boolean {
    return this.failure?.afterHead === true;
  }

  private noticePinoHttp(): void {
    this.hasPinoHttpBeside ||= !this.isLoggedElsewhere && isPinoHttpListening(this.res);
  }

  /** Calls `work` in the context of this request. */
  run<R>(work: () => R): R {
    return currentScope()?.unit === this.scope.unit ? work() : runInScope(this.scope, work);
  }
}

/** Node writes an IPv4 peer of a socket for both versions as an IPv6 address. */
function withoutPrefix(address: string | undefined): string | undefined {
  return address?.startsWith('::ffff:') ? address.slice(7) : address;
}

/** Whether the stream was broken off: HTTP/2 tells of the end of such a response as well. */
function isReset(res: ServerResponse & { stream?: { aborted: boolean; rstCode?: number } }): boolean {
  return res.stream !== undefined && (res.stream.aborted || Boolean(res.stream.rstCode));
}

/** The exchange of a request that is being observed. */
export function exchangeOf(req: IncomingMessage): Exchange | undefined {
  const current = currentExchange();
  return current?.req === req ? current : (req as Observed | undefined)?.[exchangeKey];
}

/** The exchange of a response whose request is being observed. */
export function exchangeOfResponse(res: ServerResponse): Exchange | undefined {
  const current = currentExchange();
  return current?.res === res ? current : exchangeOf(res.req);
}

/**
 * The exchange in whose context this is called. Asked first, because it needs no look at a request or response: before
 * Node 24 each of Express's has a hidden class of its own, and reading one property of those was measured to cost 0.3 µs.
 */
function currentExchange(): Exchange | undefined {
  return currentScope()?.unit.exchange as Exchange | undefined;
}
