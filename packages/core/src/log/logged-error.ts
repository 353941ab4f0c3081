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
  readonly logger?: string;
  /** The value that was logged as the error, untouched, so that it can be recognised. */
  readonly error?: unknown;
  /** All other fields of the line, context included, without secrets. */
  readonly fields: Readonly<Record<string, unknown>>;
}

export function loggedError(
  level: number,
  message: string,
  error: unknown,
  parts: LineParts,
  fields: Readonly<Record<string, unknown>>,
): LoggedError {
  const { logger, ...known } = Object.fromEntries(
    [...parts.merged(new Set())].map(([key, text]) => [key, JSON.parse(text) as unknown]),
  );
  return {
    level: level >= fatalLevel ? 'fatal' : 'error',
    timeMs: Date.now(),
    message,
    ...(typeof logger === 'string' && { logger }),
    ...(error !== undefined && { error }),
    fields: { ...known, ...fields },
  };
}
