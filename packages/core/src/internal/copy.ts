/** Copy: any value as plain data that JSON can hold, with secrets hidden. */
import { isNativeError } from 'node:util/types';
import { copyBuiltIn } from './copy-built-in.js';
import { copyError } from './copy-error.js';
import { copyFlat } from './copy-flat.js';
import type { CopyVisitor, LeftOut } from './copy-visitor.js';
import { cutText, maxReadLength, unreadText } from './cut-text.js';
import { ownKeys } from './own-keys.js';
import { cleanText, redacted } from './redact-text.js';
import type { KeyKind, KeyMatcher } from './sensitive-key.js';

export interface CopyLimits {
  /** Levels of nesting that are followed. */
  maxDepth: number;
  /** Members and elements that are copied, over all levels. */
  maxNodes: number;
  /** Characters of a single text. */
  maxStringLength: number;
  /** Characters of all texts together. */
  maxTotalLength: number;
  /** Characters of a key. */
  maxKeyLength: number;
}

/** Far above what a readable log line holds, far below what would stall the process. */
export const copyLimits: CopyLimits = {
  maxDepth: 8,
  maxNodes: 2_000,
  maxStringLength: 16_384,
  maxTotalLength: 262_144,
  maxKeyLength: 128,
};

const unreadable = '[Unreadable]';
const truncated = '[Truncated]';

/** Integers beyond this are not written out: that takes time with the square of their length. */
const maxInteger = 2n ** 4_096n;

/** One copy being made: it holds the way down to where it stands, as well as what it may still spend. */
export class Copy implements CopyVisitor {
  readonly #keys: KeyMatcher;
  readonly #limits: CopyLimits;
  readonly #path: object[] = [];
  #nodesLeft: number;
  #lengthLeft: number;
  #readLeft = maxReadLength;

  constructor(keys: KeyMatcher, limits: CopyLimits = copyLimits) {
    this.#keys = keys;
    this.#limits = limits;
    this.#nodesLeft = limits.maxNodes;
    this.#lengthLeft = limits.maxTotalLength;
  }

  visit(value: unknown, kind: KeyKind = 'plain'): unknown {
    if (typeof value === 'string') return this.clean(this.#kept(value));
    if (typeof value !== 'object' || value === null) return this.#primitive(value);
    if (this.#path.includes(value)) return '[Circular]';
    if (this.#path.length >= this.#limits.maxDepth) return truncated;
    this.#path.push(value);
    try {
      return this.#object(value, kind);
    } catch {
      return unreadable;
    } finally {
      this.#path.pop();
    }
  }

  members(source: object, target: Record<string, unknown>, leftOut?: LeftOut): Record<string, unknown> {
    return this.#members(source, target, this.#keys.kindOf, leftOut);
  }

  headers(source: object): Record<string, unknown> {
    return this.#members(source, {}, this.#keys.kindOfHeader);
  }

  #members(
    source: object,
    target: Record<string, unknown>,
    kindOf: KeyMatcher['kindOf'],
    leftOut?: LeftOut,
  ): Record<string, unknown> {
    const keys = ownKeys(source);
    if (typeof keys === 'number') {
      target['...'] = `[${keys} keys]`;
      return target;
    }
    for (const key of keys) {
      if (leftOut?.keys.has(key)) continue;
      if (this.#nodesLeft-- <= 0) {
        target['...'] = truncated;
        break;
      }
      const value = this.#member(source, key, kindOf(key), leftOut?.type);
      if (value !== undefined) put(target, key, value);
    }
    return target;
  }

  /** Copies the value under a key, or hides it. */
  member(source: object, key: string): unknown {
    return this.#member(source, key, this.#keys.kindOf(key));
  }

  /** `undefined` when the value is of the type that is left out. */
  #member(source: object, key: string, kind: KeyKind, typeLeftOut?: string): unknown {
    try {
      const value: unknown = source[key as keyof typeof source];
      if (typeof value === typeLeftOut) return undefined;
      if (kind === 'secret') return value === undefined || value === null ? value : redacted;
      return this.visit(value, kind);
    } catch {
      return unreadable;
    }
  }

  items(source: Iterable<unknown>): unknown[] {
    const target: unknown[] = [];
    for (const item of source) {
      if (this.#nodesLeft-- <= 0) {
        target.push(truncated);
        break;
      }
      target.push(this.visit(item) ?? null);
    }
    return target;
  }

  stack(text: string): string {
    return this.cleanStack(this.#kept(text));
  }

  protected cleanStack(stack: string): string {
    return this.clean(stack);
  }

  /** What becomes of a text. */
  protected clean(text: string): string {
    return cleanText(text, this.#keys.isSecret);
  }

  #object(value: object, kind: KeyKind): unknown {
    if (Array.isArray(value)) return this.items(kind === 'headers' ? this.#headerList(value) : value);
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype === null ? isNativeError(value) : prototype !== Object.prototype) {
      if (isNativeError(value) || value instanceof Error) return copyError(value, this);
      const special = copyBuiltIn(value, kind, this);
      if (special !== undefined) return special;
    }
    const own = ownJson(value);
    if (own !== value) return this.visit(own, kind);
    return kind === 'headers' ? this.headers(value) : this.members(value, {});
  }

  /** A list of pairs, as `fetch` takes them, or of names and values in turn, as undici does. */
  *#headerList(list: readonly unknown[]): Iterable<unknown> {
    let previous: unknown;
    for (const item of list) {
      if (Array.isArray(item) && item.length === 2 && typeof item[0] === 'string') {
        yield [item[0], this.#keys.kindOfHeader(item[0]) === 'secret' ? redacted : (item[1] as unknown)];
      } else yield typeof previous === 'string' && this.#keys.isSecret(previous) ? redacted : item;
      previous = item;
    }
  }

  #primitive(value: unknown): unknown {
    if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
    if (typeof value === 'function') return '[Function]';
    if (typeof value === 'symbol') return this.visit(String(value));
    if (typeof value !== 'bigint') return value;
    return value < maxInteger && value > -maxInteger ? String(value) : '[BigInt]';
  }

  /** As much of a text as may still be kept. */
  #kept(text: string): string {
    const { length } = text;
    if (length > this.#readLeft) return unreadText(text);
    this.#readLeft -= length;
    const room = Math.min(this.#limits.maxStringLength, this.#lengthLeft);
    this.#lengthLeft -= Math.min(length, room);
    return length > room ? `${cutText(text, room)}${truncated}` : text;
  }
}

/** What the value's own `toJSON` gives, or the value itself when it has none that works. */
function ownJson(value: object): unknown {
  const { toJSON } = value as { toJSON?: unknown };
  if (typeof toJSON !== 'function') return value;
  try {
    return (toJSON as () => unknown).call(value);
  } catch {
    return value;
  }
}

function put(target: Record<string, unknown>, key: string, value: unknown): void {
  const name = key.length > copyLimits.maxKeyLength ? cutText(key, copyLimits.maxKeyLength) : key;
  if (name !== '__proto__') target[name] = value;
  else Object.defineProperty(target, name, { value, enumerable: true, configurable: true, writable: true });
}

/** Copies a value; never throws, and never changes it. */
export function copyValue(value: unknown, keys: KeyMatcher): unknown {
  return copyFlat(value, keys) ?? new Copy(keys).visit(value);
}
