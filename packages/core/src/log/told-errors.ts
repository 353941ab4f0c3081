/** Told errors: one that stands in full on a line of its unit of work is only named on later ones. */
import type { Logger } from 'pino';
import { errorFields, isError } from '../internal/error-fields.js';
import type { Redactor } from '../internal/redact.js';
import type { KnownLogger } from './known-logger.js';
import { scopeOf } from './logger-scope.js';

type Fields = Readonly<Record<string, unknown>>;

/** From here on lines of the running unit of work only name the error. That does not keep it alive. */
export function noteTold(logger: Logger, known: KnownLogger, error: Error): void {
  const unit = scopeOf(logger)?.unit;
  // What a serializer of the user's made of it may be less than all.
  if (unit && !known.hasOwnErrors) (unit.toldErrors ??= new WeakSet()).add(error);
}

/** The fields with an error that was told in full named by type, message and code, and said to be `repeated`. */
export function withoutTold(
  fields: Fields | undefined,
  logger: Logger,
  { errorKey, hasOwnErrors }: KnownLogger,
  redactor: Redactor,
): Fields | undefined {
  const error = fields?.[errorKey];
  if (error === undefined || hasOwnErrors || !isError(error)) return fields;
  if (!scopeOf(logger)?.unit.toldErrors?.has(error)) return fields;
  const { type, message, code } = errorFields(error, redactor);
  return { ...fields, [errorKey]: { type, message, ...(code !== undefined && { code }), repeated: true } };
}
