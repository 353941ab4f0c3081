/** Copy: any value as plain data that JSON can hold, with secrets hidden. */
import { isNativeError } from 'node:util/types';
import { copyBuiltIn } from './copy-built-in.js';
import { copyError } from './copy-error.js';
import type { CopyVisitor } from './copy-visitor.js';
import { redacted, redactText } from './redact-text.js';
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

/** One copy being made: it holds the way down to where it stands, as well as what it may still spend. */
class Copy implements CopyVisitor {
  readonly #keys: KeyMatcher;
  readonly #isSensitive = (name: string): boolean => this.#keys.kindOf(name) === 'secret';
  readonly #path: object[] = [];
  #nodesLeft = copyLimits.maxNodes;
  #lengthLeft = copyLimits.maxTotalLength;

  constructor(keys: KeyMatcher) {
    this.#keys = keys;
  }

  visit(value: unknown, kind: KeyKind): unknown {
    if (typeof value === 'string') return this.#text(value, kind);
    if (typeof value !== 'object' || value === null) return copyPrimitive(value);
    if (this.#path.includes(value)) return '[Circular]';
    if (this.#path.length >= copyLimits.maxDepth) return truncated;
    this.#path.push(value);
    try {
      return this.#object(value);
    } catch {
      return unreadable;
    } finally {
      this.#path.pop();
    }
  }

  /** Copies the value under a key, or hides it. */
  #member(source: object, key: string): unknown {
    const kind = this.#keys.kindOf(key);
    try {
      const value: unknown = source[key as keyof typeof source];
      if (kind === 'secret') return value === undefined || value === null ? value : redacted;
      return this.visit(value, kind);
    } catch {
      return unreadable;
    }
  }

  members(source: object, keys: readonly string[], target: Record<string, unknown>): Record<string, unknown> {
    for (const key of keys) {
      if (this.#nodesLeft-- <= 0) {
        target['...'] = truncated;
        break;
      }
      const value = this.#member(source, key);
      if (value !== undefined) put(target, key, value);
    }
    return target;
  }

  items(source: Iterable<unknown>): unknown[] {
    const target: unknown[] = [];
    for (const item of source) {
      if (this.#nodesLeft-- <= 0) {
        target.push(truncated);
        break;
      }
      target.push(this.visit(item, 'plain') ?? null);
    }
    return target;
  }

  #object(value: object): unknown {
    if (Array.isArray(value)) return this.items(value);
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype !== Object.prototype && prototype !== null) {
      if (isNativeError(value) || value instanceof Error) return copyError(value, this);
      const special = copyBuiltIn(value, this);
      if (special !== undefined) return special;
    }
    const own = ownJson(value);
    return own === value ? this.members(value, Object.keys(value), {}) : this.visit(own, 'plain');
  }

  #text(text: string, kind: KeyKind): string {
    const room = Math.min(copyLimits.maxStringLength, this.#lengthLeft);
    const kept = text.length > room ? `${cut(text, room)}${truncated}` : text;
    this.#lengthLeft -= Math.min(text.length, room);
    return kind === 'text' ? redactText(kept, this.#isSensitive) : kept;
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

/** Cuts without leaving half a character; the detour over bytes frees the long text, which a slice would keep alive. */
function cut(text: string, length: number): string {
  return Buffer.from(text.slice(0, length)).toString();
}

function put(target: Record<string, unknown>, key: string, value: unknown): void {
  const name = key.length > copyLimits.maxKeyLength ? cut(key, copyLimits.maxKeyLength) : key;
  if (name !== '__proto__') target[name] = value;
  else Object.defineProperty(target, name, { value, enumerable: true, configurable: true, writable: true });
}

function copyPrimitive(value: unknown): unknown {
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (typeof value === 'function') return '[Function]';
  if (typeof value === 'bigint' || typeof value === 'symbol') return String(value).slice(0, copyLimits.maxStringLength);
  return value;
}

/** Copies a value; never throws, and never changes it. */
export function copyValue(value: unknown, keys: KeyMatcher): unknown {
  return typeof value === 'object' || typeof value === 'string'
    ? new Copy(keys).visit(value, 'plain')
    : copyPrimitive(value);
}
