/** Call: the arguments of a log method, read once, in all the forms pino takes. */
import { format } from 'node:util';
import { isError } from '../internal/error-fields.js';

export interface LogCall {
  /** The merging object, an `Error` already under the error key. */
  readonly fields: Readonly<Record<string, unknown>> | undefined;
  /** The message with its placeholders, `undefined` when none was given. */
  readonly message: unknown;
  readonly params: readonly unknown[];
}

/**
 * Reads the arguments. One form is added to pino's: an `Error` behind a message without placeholders is kept as the
 * error of the line, where pino would drop it.
 */
export function readCall(args: readonly unknown[], errorKey: string): LogCall {
  const [first, second] = args;
  const params = args.length > 2 ? args.slice(2) : noParams;
  if (isError(first)) return { fields: { [errorKey]: first }, message: second ?? first.message, params };
  if (typeof first === 'object' && first !== null) {
    return { fields: mergingObject(first as Record<string, unknown>, errorKey), message: second, params };
  }
  if (isError(second) && typeof first === 'string' && !first.includes('%')) {
    return { fields: { [errorKey]: second }, message: first, params };
  }
  // Nothing in the place of fields: pino passes over it.
  if ((first === null || first === undefined) && typeof second === 'string') {
    return { fields: undefined, message: second, params };
  }
  return { fields: undefined, message: first, params: args.length > 1 ? args.slice(1) : noParams };
}

const noParams: readonly unknown[] = [];

/** The message as a reader sees it; that of the error when none was given. */
export function messageOf({ message, params, fields }: LogCall, messageKey: string, errorKey: string): string {
  if (message !== undefined) return format(message, ...params);
  const own = fields?.[messageKey];
  if (typeof own === 'string') return own;
  const error = fields?.[errorKey];
  return isError(error) ? error.message : '';
}

/** Node's request and response are put under a key of their own, as pino does; so is what does not let itself be read. */
function mergingObject(first: Readonly<Record<string, unknown>>, errorKey: string): Readonly<Record<string, unknown>> {
  try {
    if ('socket' in first && 'headers' in first && 'method' in first) return { req: first };
    if ('setHeader' in first && typeof first['setHeader'] === 'function') return { res: first };
    // Read where a getter or a proxy that throws does no harm.
    void (Object.hasOwn(first, errorKey) && first[errorKey]);
    return first;
  } catch {
    return { value: first };
  }
}
