/** Response head: a header that every response carries, whatever the application does to the others. */
import type { ServerResponse } from 'node:http';

type HeaderList = readonly unknown[] | Readonly<Record<string, unknown>>;
type WriteHead = (this: ServerResponse, ...args: unknown[]) => ServerResponse;

/**
 * Sets the header now, so that the application sees it, and again when the head is written: Koa removes all headers
 * when a handler throws, and a handler may pass one of the same name to `writeHead`.
 *
 * @param beforeHead Called when the head is about to be written.
 */
export function setHeaderForGood(res: ServerResponse, name: string, value: string, beforeHead: () => void): void {
  if (res.headersSent) return;
  res.setHeader(name, value);
  // oxlint-disable-next-line unbound-method -- called with its response as `this` below
  const writeHead = res.writeHead as WriteHead;
  const lowerName = name.toLowerCase();
  res.writeHead = function writeHeadWithHeader(this: ServerResponse, ...args: unknown[]) {
    beforeHead();
    if (!this.headersSent) this.setHeader(name, value);
    const last = args.length - 1;
    if (isHeaderList(args[last])) args[last] = without(args[last], lowerName);
    return writeHead.apply(this, args);
  } as typeof res.writeHead;
}

function isHeaderList(value: unknown): value is HeaderList {
  return typeof value === 'object' && value !== null;
}

/** The headers given to `writeHead` but one: an object, a flat list of names and values, or a list of pairs. */
function without(headers: HeaderList, lowerName: string): HeaderList {
  const isIt = (name: unknown): boolean => String(name).toLowerCase() === lowerName;
  if (!Array.isArray(headers)) {
    const entries = Object.entries(headers);
    return entries.some(([name]) => isIt(name)) ? Object.fromEntries(entries.filter(([name]) => !isIt(name))) : headers;
  }
  if (Array.isArray(headers[0])) return headers.filter((pair: unknown[]) => !isIt(pair[0]));
  return headers.filter((_, index) => !isIt(headers[index - (index % 2)]));
}
