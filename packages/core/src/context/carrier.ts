/** Carrier: the context written into headers for the next service, and read from them there. */
import { currentScope } from './current.js';
import { activeTrace } from './request-context.js';
import { isSafeRequestId } from './request-id.js';
import type { ContextSeed } from './run.js';
import { formatTraceparent, parseTraceparent } from './traceparent.js';

/** Fetch `Headers`, or anything that is read and written like them. */
interface HeadersLike {
  get(name: string): string | null;
  set(name: string, value: string): void;
}

/**
 * Adds `x-request-id`, `traceparent` and `tracestate` to the headers of a call. A header that is there already stays,
 * in whatever case it is written. Outside a context nothing is added.
 *
 * @param headers A plain object or `Headers`; changed in place.
 * @returns The same headers.
 */
export function injectContext<T extends object>(headers: T): T {
  const scope = currentScope();
  if (!scope) return headers;
  add(headers, 'x-request-id', scope.requestId);
  const trace = scope.trace;
  if (trace && add(headers, 'traceparent', formatTraceparent(trace)) && !activeTrace()) {
    add(headers, 'tracestate', scope.unit.tracestate);
  }
  return headers;
}

/**
 * Reads what {@link injectContext} wrote, to be given to `runWithContext`. What is missing or malformed is left out.
 *
 * @param headers A plain object (values may be texts, lists or buffers) or `Headers`.
 */
export function extractContext(headers: object | undefined): ContextSeed {
  if (!headers) return {};
  const requestId = read(headers, 'x-request-id');
  const traceparent = read(headers, 'traceparent');
  return {
    ...(isSafeRequestId(requestId) && { requestId }),
    ...(parseTraceparent(traceparent) && { traceparent, tracestate: read(headers, 'tracestate') }),
  };
}

function isHeadersLike(headers: object): headers is HeadersLike {
  return 'get' in headers && typeof headers.get === 'function' && 'set' in headers && typeof headers.set === 'function';
}

/** Whether the header was added: it is not when the caller set one. */
function add(headers: object, name: string, value: string | undefined): boolean {
  if (value === undefined || read(headers, name) !== undefined) return false;
  if (isHeadersLike(headers)) headers.set(name, value);
  else (headers as Record<string, unknown>)[name] = value;
  return true;
}

function read(headers: object, name: string): string | undefined {
  if (isHeadersLike(headers)) return headers.get(name) ?? undefined;
  for (const key of Object.keys(headers)) {
    const isIt = key.length === name.length && key.toLowerCase() === name;
    const text = isIt ? textOf(headers[key as keyof typeof headers]) : undefined;
    if (text !== undefined) return text;
  }
  return undefined;
}

/** Node joins or lists repeated headers; kafkajs and amqplib give buffers. */
function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return textOf(value[0]);
  return value instanceof Uint8Array ? Buffer.from(value).toString() : undefined;
}
