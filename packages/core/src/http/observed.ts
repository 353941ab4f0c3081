/** Observed application: what the life of a request needs of the observability it belongs to. */
import type { Logger } from 'pino';
import type { ContextScope } from '../context/request-context.js';
import type { Health } from '../health/health.js';
import { invalidOption, requireObject } from '../internal/options.js';
import type { Redactor } from '../internal/redact.js';
import type { Tally } from './tally.js';

/** The part of an observability that requests use. */
export interface ObservedApplication {
  readonly health: Health;
  /** What is counted while the application runs. */
  readonly tally: Tally;
  /** Hides what the options call a secret. */
  readonly redactor: Redactor;
  /** The logger of this name. */
  getLogger(name: string): Logger;
  /** The root logger as seen from one request, wherever it is called from. */
  loggerFor(scope: ContextScope): Logger;
  /** From here on calls below a logger's level are looked at, because a request may have a level of its own. */
  allowOwnLevels(): void;
  /** Hands an error to the exporters without writing a line; the same error object is taken once. */
  recordError(error: unknown, message: string, fields: Readonly<Record<string, unknown>>): void;
}

/** @throws {ConfigError} When the options are none, or the observability in them is none that `createObservability` made. */
export function requireObserved(of: string, options: { observability?: ObservedApplication | undefined }): void {
  requireObject(of, options);
  const { observability } = options;
  if (observability === undefined || typeof (observability as Partial<ObservedApplication>)?.loggerFor === 'function')
    return;
  throw invalidOption(`${of}.observability`, 'what createObservability() returned', typeof observability);
}
