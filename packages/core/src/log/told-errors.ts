/** Told errors: one that stands in full on a line of its unit of work is only named on later ones. */
import type { Logger } from 'pino';
import { errorFields, isError } from '../internal/error-fields.js';
import type { Redactor } from '../internal/redact.js';
import { hasSerializer } from './call-fields.js';
import { scopeOf } from './logger-scope.js';
import type { PinoSymbols } from './pino-symbols.js';

type Fields = Readonly<Record<string, unknown>>;

/** From here on lines of the running unit of work only name the error. That does not keep it alive. */
export function noteTold(logger: Logger, symbols: PinoSymbols, errorKey: string, error: Error): void {
  const unit = scopeOf(logger)?.unit;
  // What a serializer of the user's made of it may be less than all.
  if (unit && !hasSerializer(logger, symbols, errorKey)) (unit.toldErrors ??= new WeakSet()).add(error);
}

/** The fields with an error that was told in full named by type, message and code, and said to be `repeated`. */
export function withoutTold(
  fields: Fields | undefined,
  logger: Logger,
  symbols: PinoSymbols,
  errorKey: string,
  redactor: Redactor,
): Fields | undefined {
  const told = scopeOf(logger)?.unit.toldErrors;
  const error = told && fields?.[errorKey];
  if (!isError(error) || !told?.has(error) || hasSerializer(logger, symbols, errorKey)) return fields;
  const { type, message, code } = errorFields(error, redactor);
  return { ...fields, [errorKey]: { type, message, ...(code !== undefined && { code }), repeated: true } };
}
