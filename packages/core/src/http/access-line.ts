/** Access line: what is said of a request once its response is closed. */
import { errorFields } from '../internal/error-fields.js';
import { redacted } from '../internal/redact-text.js';
import type { Exchange } from './exchange.js';

/** Nginx's status for a client that closed the connection: no response was completed, so none of HTTP's own is true. */
const clientClosedRequest = 499;
const maxUserAgentLength = 256;

export interface AccessLine {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly message: 'request completed' | 'request errored' | 'request aborted';
  readonly fields: Readonly<Record<string, unknown>>;
}

/** Describes a closed exchange. The context's own fields are not repeated: the logger puts them on the line. */
export function accessLine(exchange: Exchange, route: string | undefined, durationMs: number): AccessLine {
  const { req, error } = exchange;
  const aborted = !exchange.isSent;
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
      user_agent: req.headers['user-agent']?.slice(0, maxUserAgentLength),
      aborted: aborted || undefined,
      err: isFailure ? exchange.reason : shortened(error),
    },
  };
}

/** The status the client saw; what stands there is not true of a response that an error broke off before its head. */
function statusOf({ res, isSent }: Exchange): number {
  const isBrokenOff = !isSent && !res.headersSent;
  return isBrokenOff && res.statusCode < 400 ? 500 : res.statusCode;
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
function sentBytes({ req, res, sentBefore, isSent }: Exchange): number | undefined {
  if (req.method === 'HEAD' || res.statusCode === 304 || res.statusCode === 204 || !res.headersSent) return 0;
  const declared = Number(res.getHeader('content-length') ?? Number.NaN);
  if (isSent && Number.isSafeInteger(declared)) return declared;
  const head = (res as { _header?: unknown })._header;
  if (typeof head !== 'string') return undefined;
  return Math.max(0, (req.socket?.bytesWritten ?? 0) - sentBefore - Buffer.byteLength(head));
}
