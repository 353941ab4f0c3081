/** Options: how a value given by the user is checked, and refused with a sentence that helps. */
import { inspect } from 'node:util';
import { ConfigError } from '../errors.js';

/** The given options over the defaults; a key that is `undefined` counts as not given. */
export function withDefaults<T extends object>(defaults: T, given: { [K in keyof T]?: T[K] | undefined }): T {
  const merged: T = { ...defaults };
  for (const key of Object.keys(given) as (keyof T)[]) {
    const value = given[key];
    if (value !== undefined) merged[key] = value;
  }
  return merged;
}

/**
 * Makes the error for a value that cannot be used.
 *
 * @param received What came; pass a text of your own when the value may hold a credential.
 */
export function invalidOption(option: string, expected: string, received: unknown): ConfigError {
  const printed = typeof received === 'string' ? JSON.stringify(received) : inspect(received, { depth: 1 });
  const shown = printed.length > 120 ? `${printed.slice(0, 117)}...` : printed;
  return new ConfigError('INVALID_OPTION', `${option} must be ${expected}, got ${shown}`, option, expected, shown);
}

/** Refuses what is not a finite number within the limits. */
export function requireRange(option: string, value: unknown, min: number, max: number = Number.MAX_SAFE_INTEGER): void {
  if (typeof value === 'number' && value >= min && value <= max) return;
  const expected = max === Number.MAX_SAFE_INTEGER ? `a number of at least ${min}` : `a number from ${min} to ${max}`;
  throw invalidOption(option, expected, value);
}

/** Refuses what is neither a function nor one of the words. */
export function requireFunctionOr(option: string, value: unknown, words: readonly string[]): void {
  if (typeof value === 'function' || words.includes(value as string)) return;
  const quoted = words.map((word) => `'${word}'`).join(', ');
  throw invalidOption(option, quoted === '' ? 'a function' : `${quoted} or a function`, value);
}

/** Refuses what is not one of the words. */
export function requireOneOf(option: string, value: unknown, words: readonly string[]): void {
  if (words.includes(value as string)) return;
  throw invalidOption(option, `one of ${words.map((word) => `'${word}'`).join(', ')}`, value);
}

/** Refuses what is not an object with members, such as a list or a function. */
export function requireObject(option: string, value: unknown, expected = 'an object of options'): void {
  if (Object.prototype.toString.call(value) !== '[object Object]') throw invalidOption(option, expected, typeof value);
}

/** Refuses what is not a text. */
export function requireText(option: string, value: unknown): void {
  if (typeof value !== 'string') throw invalidOption(option, 'a text', value);
}

/** Refuses what is not a list of texts. */
export function requireTexts(option: string, value: unknown): void {
  if (!Array.isArray(value) || value.some((text) => typeof text !== 'string'))
    throw invalidOption(option, 'a list of texts', value);
}
