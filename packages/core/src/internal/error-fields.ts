/** Error fields: whatever was thrown, as plain data that a log line or an error record can hold. */
import { isNativeError } from 'node:util/types';
import { createRedactor, type Redactor } from './redact.js';

export interface ErrorFields {
  /** Class or given name of the error; the kind of value when it was not an error. */
  type: string;
  message: string;
  stack?: string;
  code?: string | number;
  cause?: unknown;
  /** Members of an AggregateError. */
  errors?: unknown[];
  [ownProperty: string]: unknown;
}

const plainRedactor = createRedactor();

/**
 * Describes what was thrown, redacted: type, message, stack, code, causes and own enumerable properties.
 *
 * @param redactor The one with the user's own key names; the built-in names alone if left out.
 */
export function errorFields(error: unknown, redactor: Pick<Redactor, 'copy'> = plainRedactor): ErrorFields {
  const copied = redactor.copy(error);
  if (typeof copied !== 'object' || copied === null) return { type: kindOf(error), message: printed(copied) };
  if (isError(error)) return copied as ErrorFields;
  const own = copied as Record<string, unknown>;
  const { message, name } = own;
  return {
    ...own,
    type: typeof name === 'string' ? name : kindOf(error),
    message: typeof message === 'string' ? message : printed(JSON.stringify(copied)),
  };
}

/** Whether the value is an error, of another realm too; asking does no harm to one that throws. */
export function isError(value: unknown): value is Error {
  try {
    return isNativeError(value) || value instanceof Error;
  } catch {
    return false;
  }
}

function kindOf(value: unknown): string {
  return value === null ? 'null' : typeof value;
}

function printed(value: unknown): string {
  const text = String(value);
  return text.length > 1_024 ? `${text.slice(0, 1_024)}[Truncated]` : text;
}
