/** Logged error: what is told of a line at `error` or above, beside writing it. */
import type { LineParts } from './line-parts.js';

/** Pino's numbers: https://getpino.io/#/docs/api?id=logger-level */
export const errorLevel = 50;
const fatalLevel = 60;

export interface LoggedError {
  readonly level: 'error' | 'fatal';
  /** Milliseconds since the epoch. */
  readonly timeMs: number;
  readonly message: string;
  readonly logger: string | undefined;
  /** The value that was logged as the error, untouched, so that it can be recognised. */
  readonly error: unknown;
  /** All other fields, context included; those of a line without secrets, others as they were given. */
  readonly fields: Readonly<Record<string, unknown>>;
}

export function loggedError(
  level: number,
  { bindings }: LineParts,
  { message, error, fields }: Pick<LoggedError, 'message' | 'error' | 'fields'>,
): LoggedError {
  const { logger } = bindings.values;
  return {
    level: level >= fatalLevel ? 'fatal' : 'error',
    timeMs: Date.now(),
    message,
    logger: typeof logger === 'string' ? logger : undefined,
    error,
    fields,
  };
}
