/** Inbound request id: taken from the caller when it is safe and trusted, made fresh otherwise. */
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { validateHeaderName } from 'node:http';
import { isSafeRequestId, newRequestId } from '../context/request-id.js';
import { invalidOption, requireFunctionOr, requireObject, withDefaults } from '../internal/options.js';

/** Where the id of a request comes from, and how it is sent back. */
export interface RequestIdOptions {
  /** Request headers that may carry the id; the first one present counts. @default ['X-Request-Id'] */
  headers: readonly string[];
  /** Header in which every response carries the id. @default 'X-Request-Id' */
  responseHeader: string;
  /** Makes a fresh id. One that is not safe in a header is replaced by a UUID. @default a random UUID */
  generate: (req: IncomingMessage) => string;
  /** Whether the caller's id is taken over. One that throws does not trust. @default 'always' */
  trust: 'always' | 'never' | ((req: IncomingMessage) => boolean);
}

export const requestIdDefaults: RequestIdOptions = {
  headers: ['X-Request-Id'],
  responseHeader: 'X-Request-Id',
  generate: newRequestId,
  trust: 'always',
};

/** @throws {ConfigError} When a header name is not one, or an option is of the wrong kind. */
export function requestIdOptions(
  given: { [K in keyof RequestIdOptions]?: RequestIdOptions[K] | undefined } = {},
): RequestIdOptions {
  requireObject('requestId', given);
  const options = withDefaults(requestIdDefaults, given);
  requireFunctionOr('requestId.trust', options.trust, ['always', 'never']);
  requireFunctionOr('requestId.generate', options.generate, []);
  if (!Array.isArray(options.headers))
    throw invalidOption('requestId.headers', 'a list of header names', options.headers);
  options.headers.forEach((name, index) => requireHeaderName(`requestId.headers[${index}]`, name));
  requireHeaderName('requestId.responseHeader', options.responseHeader);
  return { ...options, headers: options.headers.map((name) => name.toLowerCase()) };
}

/**
 * The id of a request; never throws. Repeated headers arrive joined by a comma, which no safe id has.
 *
 * @param given The request's headers.
 */
export function resolveRequestId(
  req: IncomingMessage,
  given: IncomingHttpHeaders,
  { headers, trust, generate }: RequestIdOptions,
): string {
  for (const name of headers) {
    const value = given[name];
    if (value === undefined) continue;
    if (isSafeRequestId(value) && isTrusted(req, trust)) return value;
    break;
  }
  return freshId(req, generate);
}

function isTrusted(req: IncomingMessage, trust: RequestIdOptions['trust']): boolean {
  if (typeof trust !== 'function') return trust === 'always';
  try {
    // A promise is not an answer: trusting one would be trusting everybody.
    return (trust(req) as unknown) === true;
  } catch {
    return false;
  }
}

function freshId(req: IncomingMessage, generate: RequestIdOptions['generate']): string {
  if (generate === newRequestId) return newRequestId();
  try {
    const id = generate(req);
    return isSafeRequestId(id) ? id : newRequestId();
  } catch {
    return newRequestId();
  }
}

function requireHeaderName(option: string, name: unknown): void {
  try {
    validateHeaderName(name as string);
  } catch {
    throw invalidOption(option, 'a valid header name, such as X-Request-Id', name);
  }
}
