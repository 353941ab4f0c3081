/** Access line: what is said of a request once its response is closed. */
import type { IncomingMessage } from 'node:http';
import { errorFields } from '../internal/error-fields.js';
import { redacted } from '../internal/redact-text.js';
import type { Exchange } from './exchange.js';

/** Nginx's status for a client that closed the connection: no response was completed, so none of HTTP's own is true. */
const clientClosedRequest = 499;
const switchingProtocols = 101;
const maxUserAgentLength = 256;

export interface AccessLine {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly message: 'request completed' | 'request errored' | 'request aborted';
  readonly fields: Readonly<Record<string, unknown>>;
}

/** At most 256 characters of what the client says of itself. */
export function userAgentOf({ headers }: Pick<IncomingMessage, 'headers'>): string | undefined {
  return headers['user-agent']?.slice(0, maxUserAgentLength);
}

/** Describes a closed exchange. The context's own fields are not repeated: the logger puts them on the line. */
export function accessLine(exchange: Exchange, route: string | undefined, durationMs: number): AccessLine {
  const { error } = exchange;
  const aborted = !exchange.isSent && !endsWithConnection(exchange);
  const isHungUp = aborted && error === undefined;
  const status = isHungUp ? clientClosedRequest : statusOf(exchange);
  const isFailure = !isHungUp && !exchange.isProbe && (status >= 500 || exchange.failedAfterHead);
  return {
    level: levelOf(exchange, status, isFailure, isHungUp),
    message: isFailure ? 'request errored' : isHungUp ? 'request aborted' : 'request completed',
    fields: {
      status,
      route,
      duration_ms: Math.round(durationMs * 1000) / 1000,
      bytes: sentBytes(exchange),
      client_ip: exchange.clientIp,
      user_agent: userAgentOf(exchange),
      aborted: aborted || undefined,
      err: isFailure ? exchange.reason : shortened(error),
    },
  };
}

/** Whether there is no other end than that of the connection: one that was upgraded, or a stream of events. */
function endsWithConnection(exchange: Exchange): boolean {
  if (!exchange.hasHead) return isUpgraded(exchange);
  return String(exchange.res.getHeader('content-type')).startsWith('text/event-stream');
}

/** Whether another protocol was spoken: what had been taken over was answered, and not as a response of HTTP. */
function isUpgraded({ req, isUpgrade, hasHead, sentBefore }: Exchange): boolean {
  return isUpgrade && !hasHead && req.socket.bytesWritten > sentBefore;
}

/** The status the client saw; what stands there is not true of a response that an error broke off before its head. */
function statusOf(exchange: Exchange): number {
  const { statusCode, hasHead } = exchange;
  if (isUpgraded(exchange)) return switchingProtocols;
  return !hasHead && statusCode < 400 ? 500 : statusCode;
}

function levelOf(exchange: Exchange, status: number, isFailure: boolean, isHungUp: boolean): AccessLine['level'] {
  if (exchange.isProbe) return status < 400 ? 'debug' : 'warn';
  if (isFailure) return 'error';
  return isHungUp || status >= 400 ? 'warn' : 'info';
}

/** An error that was the caller's fault needs no stack, and its properties may hold what the caller sent. */
function shortened(error: unknown): { type: string; message: string } | undefined {
  if (error === undefined) return undefined;
  const { type, message } = errorFields(error);
  return { type, message: withoutBody(message) };
}

/** The message without the part of the body that `JSON.parse` quotes when it cannot read it. */
function withoutBody(message: string): string {
  const quoted = message.endsWith(notJson) ? message.indexOf('"') : -1;
  return quoted === -1 ? message : message.slice(0, quoted) + redacted + notJson;
}

const notJson = ' is not valid JSON';

/**
 * Bytes of the response's body as they went over the wire; a chunked body counts with its framing. A stream of HTTP/2
 * shares its connection with others, so nothing is known of one without a declared length.
 */
function sentBytes({
  req,
  res,
  scope,
  sentBefore,
  sentAfter,
  statusCode,
  hasHead,
  isSent,
  isUpgrade,
}: Exchange): number | undefined {
  if (isUpgrade && !hasHead) return req.socket.bytesWritten - sentBefore;
  if (scope.method === 'HEAD' || statusCode === 304 || statusCode === 204 || !hasHead) return 0;
  const declared = Number(res.getHeader('content-length') ?? Number.NaN);
  if (isSent && Number.isSafeInteger(declared)) return declared;
  const head = (res as { _header?: unknown })._header;
  if (typeof head !== 'string') return undefined;
  return Math.max(0, (sentAfter ?? req.socket?.bytesWritten ?? 0) - sentBefore - Buffer.byteLength(head));
}
