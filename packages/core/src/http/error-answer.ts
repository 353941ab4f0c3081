/** Error answer: what a client is told of an error: the status, the request id, and nothing secret. */
import { STATUS_CODES } from 'node:http';
import type { Exchange } from './exchange.js';

/** Media types an error can be told in, the first one for clients that do not mind. */
const mediaTypes = ['application/json', 'text/plain', 'text/html'] as const;
export type ErrorMediaType = (typeof mediaTypes)[number];

export interface ErrorAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A client error (`status` or `statusCode` from 400 to 499) speaks for itself; of anything else only the status is told. */
export function errorAnswer(error: unknown, requestId: string, mediaType: ErrorMediaType): ErrorAnswer {
  const status = statusOf(error);
  const { message, headers } = (typeof error === 'object' && error !== null ? error : {}) as Partial<HttpError>;
  const title = STATUS_CODES[status] ?? 'Error';
  const text = status < 500 && typeof message === 'string' && message !== '' ? message : title;
  const body = bodies[mediaType](text, requestId);
  return {
    status,
    headers: {
      ...textHeaders(headers),
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
  res.writeHead(status, headers).end(body);
}

/** An error as the `http-errors` package makes them. */
interface HttpError {
  status: unknown;
  statusCode: unknown;
  message: unknown;
  headers: unknown;
}

function statusOf(error: unknown): number {
  if (typeof error !== 'object' || error === null) return 500;
  const { status, statusCode } = error as Partial<HttpError>;
  const given = status ?? statusCode;
  return typeof given === 'number' && Number.isInteger(given) && given >= 400 && given <= 599 ? given : 500;
}

/** Headers that an error brings along, such as `Retry-After`. */
function textHeaders(headers: unknown): Record<string, string> {
  if (typeof headers !== 'object' || headers === null) return {};
  const entries = Object.entries(headers).filter(([, value]) => typeof value === 'string' || typeof value === 'number');
  return Object.fromEntries(entries.map(([name, value]) => [name.toLowerCase(), String(value)]));
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
