/** Error headers: what may stand in the head of an answer to an error. */
import { type ServerResponse, validateHeaderName, validateHeaderValue } from 'node:http';

/** What describes a body: on the response it is that of the handler which failed, on an error that of another service. */
const bodyHeaders = (
  'content-disposition content-encoding content-language content-length content-location content-range content-type' +
  ' etag expires last-modified trailer transfer-encoding'
).split(' ');

/** What belongs to one connection or to one service, and so never to our answer when an error brings it from another. */
const foreignHeaders: ReadonlySet<string> = new Set([
  ...bodyHeaders,
  'connection',
  'keep-alive',
  'proxy-connection',
  'set-cookie',
  'upgrade',
]);

/** Takes from the response what its handler said of the body that is not sent now. */
export function forgetBody(res: ServerResponse): void {
  for (const name of bodyHeaders) res.removeHeader(name);
}

/** The headers that an error brings along for its answer, such as `Retry-After`. */
export function errorHeaders(headers: unknown): Record<string, string> {
  if (typeof headers !== 'object' || headers === null) return {};
  const entries = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value] as const);
  const usable = entries.filter(([name, value]) => !foreignHeaders.has(name) && isHeader(name, value));
  return Object.fromEntries(usable.map(([name, value]) => [name, String(value)]));
}

function isHeader(name: string, value: unknown): value is string | number {
  if (typeof value !== 'string' && typeof value !== 'number') return false;
  try {
    validateHeaderName(name);
    validateHeaderValue(name, String(value));
    return true;
  } catch {
    return false;
  }
}
