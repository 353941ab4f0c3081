/** Response head: a header that every response carries, whatever the application does to the others. */
import type { ServerResponse } from 'node:http';
import { createMethodReplacer } from '../internal/method-replacer.js';
import { exchangeOfResponse } from './exchange.js';

type WriteHead = (this: ServerResponse, ...args: unknown[]) => ServerResponse;
type GivenHeaders = readonly unknown[] | Readonly<Record<string, unknown>>;

/**
 * Makes every head of an observed response carry the request id, whatever was done to the headers before: Koa removes
 * all of them when a handler throws, and a handler may pass one of the same name to `writeHead`.
 */
export const writeRequestId: (res: ServerResponse) => void = createMethodReplacer(
  'writeHead',
  (writeHead: WriteHead): WriteHead =>
    function writeHeadWithId(this: ServerResponse, ...args: unknown[]) {
      const exchange = exchangeOfResponse(this);
      if (!exchange) return writeHead.apply(this, args);
      const { responseHeader, scope } = exchange;
      return writeHead.apply(this, withHeaderForGood(this, responseHeader, scope.requestId, args));
    },
) as (res: ServerResponse) => void;

/** Sets the header and gives back the arguments of `writeHead` without another one of that name. */
export function withHeaderForGood(res: ServerResponse, name: string, value: string, args: unknown[]): unknown[] {
  if (!res.headersSent && res.getHeader(name) !== value) res.setHeader(name, value);
  const last = args.findLastIndex(isHeaders);
  if (last !== -1) args[last] = without(args[last] as GivenHeaders, name.toLowerCase());
  return args;
}

function isHeaders(value: unknown): value is GivenHeaders {
  return typeof value === 'object' && value !== null;
}

/** The headers given to `writeHead` but one: an object, a flat list of names and values, or a list of pairs. */
function without(headers: GivenHeaders, lowerName: string): GivenHeaders {
  const object = isList(headers) ? fromList(headers) : headers;
  const names = Object.keys(object);
  const kept = names.filter((name) => name.toLowerCase() !== lowerName);
  return kept.length === names.length ? object : Object.fromEntries(kept.map((name) => [name, object[name]]));
}

function isList(headers: GivenHeaders): headers is readonly unknown[] {
  return Array.isArray(headers);
}

/** The list as an object, because Node refuses pairs, and forgets all but the last of a name, once a header is set. */
function fromList(list: readonly unknown[]): Readonly<Record<string, unknown>> {
  const flat = Array.isArray(list[0]) ? list.flat(1) : list;
  const values = new Map<string, unknown[]>();
  for (let at = 0; at < flat.length; at += 2) {
    const name = String(flat[at]).toLowerCase();
    values.set(name, [...(values.get(name) ?? []), flat[at + 1]].flat());
  }
  return Object.fromEntries([...values].map(([name, all]) => [name, all.length === 1 ? all[0] : all]));
}
