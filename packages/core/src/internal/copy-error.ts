/** Copied error: type, message, stack, code and causes of an Error as plain data. */
import type { CopyVisitor, LeftOut } from './copy-visitor.js';
import { cutText } from './cut-text.js';
import { redacted } from './redact-text.js';

/** Members of an AggregateError that are kept. */
const maxErrors = 10;

const maxTypeLength = 128;

/** Written by hand below, or of no use to a reader. */
export const named: LeftOut = {
  keys: new Set(['name', 'type', 'message', 'stack', 'code', 'cause', 'errors', 'toJSON']),
  type: 'function',
};

export function copyError(error: Error, copy: CopyVisitor): Record<string, unknown> {
  const target: Record<string, unknown> = {
    type: copy.visit(errorType(error)),
    message: errorText(error, 'message', copy) ?? '',
  };
  const stack = errorText(error, 'stack', copy);
  if (stack !== undefined) target['stack'] = stack;
  for (const key of ['code', 'cause']) {
    const value = read(error, key);
    if (value === undefined || typeof value === 'function') continue;
    target[key] = copy.visit(value);
  }
  const errors = read(error, 'errors');
  if (Array.isArray(errors)) target['errors'] = copyErrors(errors, copy);
  return hideValues(copy.members(error, target, named), read(error, 'type'));
}

/** Members in which a driver or a body parser leaves values of users. */
export const withValues: ReadonlySet<string> = new Set([
  'detail',
  'query',
  'sql',
  'parameters',
  'params',
  'bindings',
  'body',
]);

/** Values of a statement, as TypeORM, Drizzle, Sequelize and Knex leave them beside its text. */
const statementValues = ['parameters', 'params', 'bindings'];

/** Values that Postgres repeats in a detail: `Key (email)=(…) already exists.`, `Failing row contains (…).`; they may hold any bracket. */
const detailValues = /(=|contains )\([\s\S]*/;

/** Hides what a driver or a body parser left on the error: values of users, under no name that would tell. */
function hideValues(own: Record<string, unknown>, type: unknown): Record<string, unknown> {
  const { detail, query, sql } = own;
  if (typeof detail === 'string') own['detail'] = detail.replace(detailValues, `$1(${redacted})`);
  if (typeof (query ?? sql) === 'string') {
    for (const key of statementValues) if (key in own) own[key] = redacted;
  }
  // What body-parser could not parse cannot be redacted by name either.
  if (type === 'entity.parse.failed' && 'body' in own) own['body'] = redacted;
  return own;
}

/** The name somebody gave the error, else that of its class. */
export function errorType(error: object): string {
  const name = read(error, 'name');
  if (typeof name === 'string' && name !== '' && name !== 'Error') return typeText(name);
  const { name: className } = (read(error, 'constructor') ?? {}) as { name?: unknown };
  return typeof className === 'string' && className !== '' ? typeText(className) : 'Error';
}

function typeText(name: string): string {
  return name.length > maxTypeLength ? cutText(name, maxTypeLength) : name;
}

function errorText(error: Error, key: 'message' | 'stack', copy: CopyVisitor): string | undefined {
  const value = read(error, key);
  if (typeof value === 'string') return key === 'stack' ? copy.stack(value) : String(copy.visit(value));
  if (value === undefined || value === null) return undefined;
  return String(copy.visit(JSON.stringify(copy.visit(value)) ?? ''));
}

function copyErrors(errors: readonly unknown[], copy: CopyVisitor): unknown[] {
  try {
    const kept = copy.items(errors.slice(0, maxErrors));
    return errors.length > maxErrors ? [...kept, `[${errors.length - maxErrors} more]`] : kept;
  } catch {
    return ['[Unreadable]'];
  }
}

function read(source: object, key: string): unknown {
  try {
    return source[key as keyof typeof source];
  } catch {
    return undefined;
  }
}
