/** Likeness: whether a value has at least what a pattern names. */
import { inspect, isDeepStrictEqual } from 'node:util';
import { isRegExp } from 'node:util/types';

/** Texts may be matched by a regular expression, at any depth; of lists every member counts. */
export function isLike(value: unknown, pattern: unknown): boolean {
  if (isRegExp(pattern)) return typeof value === 'string' && pattern.test(value);
  if (Array.isArray(pattern)) {
    return (
      Array.isArray(value) &&
      value.length === pattern.length &&
      pattern.every((member, index) => isLike(value[index], member))
    );
  }
  if (typeof pattern !== 'object' || pattern === null) return isDeepStrictEqual(value, pattern);
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(pattern).every(([key, member]) => isLike((value as Record<string, unknown>)[key], member));
}

/** A line in short, as an assertion tells it. */
export function describe(line: object): string {
  return inspect(line, { breakLength: Infinity, depth: 4, maxStringLength: 200 });
}
