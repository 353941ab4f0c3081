/** Copied built-ins: the readable form of objects whose own members say nothing. */
import { Stream } from 'node:stream';
import { isBoxedPrimitive } from 'node:util/types';
import type { CopyVisitor } from './copy-visitor.js';
import { cutText } from './cut-text.js';
import type { KeyKind } from './sensitive-key.js';

/** The readable form, or `undefined` for an object that is copied member by member. */
export function copyBuiltIn(value: object, kind: KeyKind, copy: CopyVisitor): unknown {
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString();
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return `[Binary ${value.byteLength} bytes]`;
  if (value instanceof Stream) return summarise(value);
  if (value instanceof Headers || (value instanceof Map && kind === 'headers'))
    return copy.headers(namedEntries(value));
  if (value instanceof Map || value instanceof FormData) return copy.members(namedEntries(value), {});
  if (value instanceof Set) return copy.items(value);
  if (value instanceof URL || value instanceof URLSearchParams) return copy.visit(String(value));
  if (value instanceof RegExp) return copy.visit(String(value));
  if (value instanceof Promise) return '[Promise]';
  if (isBoxedPrimitive(value)) return copy.visit(value.valueOf());
  return undefined;
}

/** The entries as members of an object, to be copied like any other's. */
function namedEntries(entries: Iterable<[unknown, unknown]>): Record<string, unknown> {
  const members: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  let count = 0;
  for (const [key, value] of entries) {
    if (++count > maxEntries) {
      members['...'] = '[Truncated]';
      break;
    }
    members[typeof key === 'string' ? shortKey(key) : keyText(key, count)] = value;
  }
  return members;
}

/** Cut well above what the copy keeps: the end of a key tells whether it names a secret. */
function shortKey(key: string): string {
  return key.length > maxKeyLength ? cutText(key, maxKeyLength) : key;
}

const maxKeyLength = 1_024;

/** A key that is an object has no text of its own; its place tells it from the others. */
function keyText(key: unknown, place: number): string {
  return typeof key === 'object' || typeof key === 'function' ? `[Object ${place}]` : shortKey(String(key as symbol));
}

/** Entries of a map that are looked at; more of them is a store, which nobody reads in a line. */
const maxEntries = 1_000;

/** A request by method and path, a response by its status; sockets and other streams are never walked. */
function summarise(stream: Stream): unknown {
  const { method, url, path, statusCode } = stream as Partial<
    Record<'method' | 'url' | 'path' | 'statusCode', unknown>
  >;
  const target = typeof url === 'string' && url !== '' ? url : path;
  if (typeof method === 'string' && typeof target === 'string') {
    return { method: cutText(method, 32), path: cutText(target, 1_024).split(/[?#]/, 1).join('') };
  }
  return typeof statusCode === 'number' ? { status: statusCode } : '[Stream]';
}
