/** Error answer: what a client is told of an error: the status, the request id, and nothing secret. */
import { STATUS_CODES } from 'node:http';
import { errorHeaders, forgetBody } from './error-headers.js';
import type { Exchange } from './exchange.js';

/** Media types an error can be told in, the first one for clients that do not mind. */
const mediaTypes = ['application/json', 'text/plain', 'text/html'] as const;
type ErrorMediaType = (typeof mediaTypes)[number];

interface ErrorAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * A client error (`status` or `statusCode` from 400 to 499) speaks for itself, unless `expose` is `false`; of anything
 * else only the status is told.
 */
function errorAnswer(error: unknown, requestId: string, mediaType: ErrorMediaType): ErrorAnswer {
  const { status, text, headers } = toldBy(error);
  const body = bodies[mediaType](text, requestId);
  return {
    status,
    headers: {
      ...headers,
      'content-type': `${mediaType}; charset=utf-8`,
      'content-length': String(Buffer.byteLength(body)),
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    },
    body,
  };
}

/** Answers with the media type that the client accepts. The head must not have been sent. */
export function answerError({ res, scope }: Exchange, error: unknown, accepts: (types: string[]) => unknown): void {
  const accepted = accepts([...mediaTypes]);
  const mediaType = mediaTypes.find((type) => type === accepted) ?? mediaTypes[0];
  const { status, headers, body } = errorAnswer(error, scope.requestId, mediaType);
  forgetBody(res);
  res.writeHead(status, titleOf(status), headers).end(body);
}

interface Told {
  readonly status: number;
  readonly text: string;
  readonly headers: Record<string, string>;
}

/** What the error says of itself; nothing when it cannot be read. */
function toldBy(error: unknown): Told {
  try {
    const { status: given, statusCode, message, expose, headers } = Object(error) as Partial<HttpError>;
    const status = statusOf(given ?? statusCode);
    const isTold = status < 500 && expose !== false && typeof message === 'string' && message !== '';
    return { status, text: isTold ? message : titleOf(status), headers: errorHeaders(headers) };
  } catch {
    return { status: 500, text: titleOf(500), headers: {} };
  }
}

/** An error as the `http-errors` package makes them. */
interface HttpError {
  status: unknown;
  statusCode: unknown;
  message: unknown;
  expose: unknown;
  headers: unknown;
}

function statusOf(given: unknown): number {
  return typeof given === 'number' && Number.isInteger(given) && given >= 400 && given <= 599 ? given : 500;
}

function titleOf(status: number): string {
  return STATUS_CODES[status] ?? 'Error';
}

const bodies: Record<ErrorMediaType, (text: string, requestId: string) => string> = {
  'application/json': (text, requestId) => JSON.stringify({ error: text, request_id: requestId }),
  'text/plain': (text, requestId) => `${text}\nrequest id: ${requestId}\n`,
  'text/html': (text, requestId) =>
    `<!doctype html><meta charset="utf-8"><title>${escapeHtml(text)}</title><h1>${escapeHtml(text)}</h1><p>request id: ${escapeHtml(requestId)}</p>\n`,
};

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
