/** Copied error: type, message, stack, code and causes of an Error as plain data. */
import type { CopyVisitor } from './copy-visitor.js';

/** Members of an AggregateError that are kept. */
const maxErrors = 10;

/** Written by hand below, or of no use to a reader. */
const named = new Set(['name', 'type', 'message', 'stack', 'code', 'cause', 'errors', 'toJSON']);

export function copyError(error: Error, copy: CopyVisitor): Record<string, unknown> {
  const target: Record<string, unknown> = { type: errorType(error), message: errorText(error, 'message', copy) ?? '' };
  const stack = errorText(error, 'stack', copy);
  if (stack !== undefined) target['stack'] = stack;
  for (const key of ['code', 'cause']) {
    const value = read(error, key);
    if (value === undefined || typeof value === 'function') continue;
    target[key] = copy.visit(value, key === 'cause' ? 'text' : 'plain');
  }
  const errors = read(error, 'errors');
  if (Array.isArray(errors)) target['errors'] = copyErrors(errors, copy);
  const own = Object.keys(error).filter((key) => !named.has(key) && typeof read(error, key) !== 'function');
  return copy.members(error, own, target);
}

/** The name somebody gave the error, else that of its class. */
export function errorType(error: object): string {
  const name = read(error, 'name');
  if (typeof name === 'string' && name !== '' && name !== 'Error') return name.slice(0, 128);
  const { name: className } = (read(error, 'constructor') ?? {}) as { name?: unknown };
  return typeof className === 'string' && className !== '' ? className.slice(0, 128) : 'Error';
}

function errorText(error: Error, key: 'message' | 'stack', copy: CopyVisitor): string | undefined {
  const value = read(error, key);
  if (typeof value === 'string') return String(copy.visit(value, 'text'));
  return value === undefined || value === null ? undefined : (JSON.stringify(copy.visit(value, 'plain')) ?? '');
}

function copyErrors(errors: readonly unknown[], copy: CopyVisitor): unknown[] {
  const kept = copy.items(errors.slice(0, maxErrors));
  return errors.length > maxErrors ? [...kept, `[${errors.length - maxErrors} more]`] : kept;
}

function read(source: object, key: string): unknown {
  try {
    return source[key as keyof typeof source];
  } catch {
    return undefined;
  }
}
