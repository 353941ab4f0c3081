/** Flat copy: of an object with a few plain values and no secret, as most of those are that are logged. */
import { ownKeys } from './own-keys.js';
import { cleanText } from './redact-text.js';
import type { KeyKind, KeyMatcher } from './sensitive-key.js';

const maxMembers = 32;
const maxTextLength = 1_024;
/** Longer ones are cut. */
const maxKeyLength = 128;

/**
 * The copy that `Copy` would make, in a fifth of the time; `undefined` for whatever has to be looked at more closely: nested
 * values, secrets, and what is long.
 */
export function copyFlat(value: unknown, keys: KeyMatcher): Record<string, unknown> | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  try {
    if (Object.getPrototypeOf(value) !== Object.prototype) return undefined;
    const names = ownKeys(value);
    if (typeof names === 'number' || names.length > maxMembers) return undefined;
    const copy: Record<string, unknown> = {};
    for (const name of names) {
      const member: unknown = value[name as keyof typeof value];
      if (member === undefined) continue;
      if (name === '__proto__' || name.length > maxKeyLength || !isPlain(member, keys.kindOf(name))) return undefined;
      copy[name] = typeof member === 'string' ? cleanText(member, keys.isSecret) : member;
    }
    return copy;
  } catch {
    // A getter that throws, or a proxy: the longer way tells which.
    return undefined;
  }
}

function isPlain(member: unknown, kind: KeyKind): boolean {
  if (kind === 'secret') return false;
  if (typeof member === 'string') return member.length <= maxTextLength;
  if (typeof member === 'number') return Number.isFinite(member);
  return typeof member === 'boolean' || member === null;
}
