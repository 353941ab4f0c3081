/** Call: the arguments of a log method, read once, in all the forms pino takes. */
import { format } from 'node:util';
import type { Redactor } from '../internal/redact.js';

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
  const [first, ...rest] = args;
  if (first instanceof Error)
    return { fields: { [errorKey]: first }, message: rest[0] ?? first.message, params: rest.slice(1) };
  if (typeof first === 'object' && first !== null) {
    return { fields: mergingObject(first), message: rest[0], params: rest.slice(1) };
  }
  if (rest[0] instanceof Error && typeof first === 'string' && !first.includes('%')) {
    return { fields: { [errorKey]: rest[0] }, message: first, params: rest.slice(1) };
  }
  return { fields: undefined, message: first, params: rest };
}

/** The message as a reader sees it; that of the error when none was given. */
export function messageOf({ message, params, fields }: LogCall, messageKey: string, errorKey: string): string {
  if (message !== undefined) return format(message, ...params);
  const own = fields?.[messageKey];
  if (typeof own === 'string') return own;
  const error = fields?.[errorKey];
  return error instanceof Error ? error.message : '';
}

/** The call with its message's objects copied without their secrets; an error says as text (`%s`) what it said. */
export function redactMessage(call: LogCall, redactor: Redactor): LogCall {
  const redact = (value: unknown): unknown => {
    if (typeof value !== 'object' || value === null) return value;
    const copied = redactor.copy(value) as object;
    return value instanceof Error ? Object.defineProperty(copied, 'toString', { value: () => String(value) }) : copied;
  };
  return { ...call, message: redact(call.message), params: call.params.map(redact) };
}

/** Node's request and response are put under a key of their own, as pino does. */
function mergingObject(first: object): Record<string, unknown> {
  if ('socket' in first && 'headers' in first && 'method' in first) return { req: first };
  if ('setHeader' in first && typeof first.setHeader === 'function') return { res: first };
  return first as Record<string, unknown>;
}
