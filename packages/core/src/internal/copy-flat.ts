/** Flat fields: those of an object with a few plain values and no secret, as most of those are that are logged. */
import { ownKeys } from './own-keys.js';
import { cleanText } from './redact-text.js';
import type { KeyKind, KeyMatcher } from './sensitive-key.js';

const maxMembers = 32;
const maxTextLength = 1_024;
/** Longer ones are cut. */
const maxKeyLength = 128;

/** A value that is its own copy. */
export type Plain = string | number | boolean | null;

/**
 * Takes the members of a flat object one by one, their texts without secrets.
 *
 * @param take Given each member that is not `undefined`; false stops.
 * @returns Whether all were taken; false for whatever has to be looked at more closely: nested values, secrets, and what is long.
 */
export function takeFlat(value: unknown, keys: KeyMatcher, take: (name: string, member: Plain) => boolean): boolean {
  if (typeof value !== 'object' || value === null) return false;
  try {
    if (Object.getPrototypeOf(value) !== Object.prototype) return false;
    const names = ownKeys(value);
    if (typeof names === 'number' || names.length > maxMembers) return false;
    for (const name of names) {
      const member: unknown = value[name as keyof typeof value];
      if (member === undefined) continue;
      if (name.length > maxKeyLength || !isPlain(member, keys.kindOf(name))) return false;
      if (!take(name, typeof member === 'string' ? cleanText(member, keys.isSecret) : member)) return false;
    }
    return true;
  } catch {
    // A getter that throws, or a proxy: the longer way tells which.
    return false;
  }
}

/** The copy that `Copy` would make of a flat object, in a fifth of the time; `undefined` for any other. */
export function copyFlat(value: unknown, keys: KeyMatcher): Record<string, unknown> | undefined {
  const copy: Record<string, unknown> = {};
  const isFlat = takeFlat(value, keys, (name, member) => {
    if (name === '__proto__') return false;
    copy[name] = member;
    return true;
  });
  return isFlat ? copy : undefined;
}

function isPlain(member: unknown, kind: KeyKind): member is Plain {
  if (kind === 'secret') return false;
  if (typeof member === 'string') return member.length <= maxTextLength;
  if (typeof member === 'number') return Number.isFinite(member);
  return typeof member === 'boolean' || member === null;
}
