/** Observability options: what users configure, and what they get. */
import type { DestinationStream, Logger, LoggerOptions } from 'pino';
import type { Destination } from './export/destination.js';
import type { ExporterStatus } from './export/pipeline.js';
import type { ExportProblem } from './export/problem.js';
import type { HealthCheck, Probe } from './health/check.js';
import type { ObservedApplication } from './http/observed.js';
import { invalidOption, requireFunctionOr } from './internal/options.js';
import type { RedactOptions } from './internal/redact.js';
import type { ServiceInfo } from './internal/service.js';

export interface LogOptions {
  /** Least level that is written. @default LOG_LEVEL, else 'info' */
  level?: string;
  /** Levels by logger name; `orders` covers `orders.pricing`. @default LOG_LEVELS */
  levels?: Readonly<Record<string, string>>;
  /** Fields of the user that are logged beside `user_id`, each as `user_NAME`. @default [] */
  userFields?: readonly string[];
  /** Any pino destination. @default standard output; readable on a terminal in development, JSON otherwise */
  destination?: DestinationStream;
}

export interface ObservabilityOptions {
  /** Each part not given is looked up: OTEL_SERVICE_NAME, OTEL_RESOURCE_ATTRIBUTES, package.json, NODE_ENV. */
  service?: Partial<ServiceInfo>;
  log?: LogOptions;
  redact?: RedactOptions;
  /** Where errors go. Left out, the environment says; `[]` for nowhere. */
  exporters?: readonly Destination[];
  health?: {
    /** Checks by the name under which they are reported. */
    checks?: Record<string, HealthCheck | Probe>;
  };
  /** Told of trouble in observability itself, once per change of state. */
  onProblem?: (problem: ObservabilityProblem) => void;
  /** Allows this one beside the process's own, which it does not become. @default false */
  isolated?: boolean;
}

export const observabilityDefaults: { userFields: readonly string[]; isolated: boolean } = {
  userFields: [],
  isolated: false,
};

/** @throws {ConfigError} When an option is of the wrong kind. What its parts can judge better is left to them. */
export function requireUsable({ service, log, redact, exporters, health, onProblem }: ObservabilityOptions): void {
  for (const [option, given] of Object.entries({ service, log, redact, health })) {
    if (given !== undefined && !isRecord(given)) throw invalidOption(option, 'an object', given);
  }
  for (const [part, given] of Object.entries(service ?? {})) {
    if (given !== undefined && typeof given !== 'string') throw invalidOption(`service.${part}`, 'a text', given);
  }
  if (log?.destination !== undefined && typeof (log.destination as Partial<DestinationStream>).write !== 'function') {
    throw invalidOption('log.destination', 'a stream, or an object with a write method', log.destination);
  }
  requireTexts('log.userFields', log?.userFields);
  requireTexts('redact.keys', redact?.keys);
  requireTexts('redact.allow', redact?.allow);
  if (exporters !== undefined && !Array.isArray(exporters))
    throw invalidOption('exporters', 'a list', typeof exporters);
  if (onProblem !== undefined) requireFunctionOr('onProblem', onProblem, []);
}

function requireTexts(option: string, given: unknown): void {
  if (given === undefined || (Array.isArray(given) && given.every((text) => typeof text === 'string'))) return;
  throw invalidOption(option, 'a list of names', given);
}

function isRecord(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Trouble in observability: what happened, where, and how it is mended. */
export type ObservabilityProblem = ExportProblem | { readonly code: 'LOG_LINE_FAILED'; readonly message: string };

export interface ObservabilityStatus {
  readonly service: ServiceInfo;
  readonly exporters: readonly ExporterStatus[];
}

export interface Observability extends ObservedApplication {
  readonly service: ServiceInfo;
  /** The root logger, a pino logger. */
  readonly logger: Logger;
  /** Changes a level at run time; of all loggers without one of their own when `name` is `undefined`. */
  setLevel(name: string | undefined, level: string): void;
  /** Options that make a pino of the user's own write lines like ours. */
  pinoOptions<T extends LoggerOptions>(options?: T): T & LoggerOptions;
  /** What the exporters have done, as plain data without credentials. */
  status(): ObservabilityStatus;
  /** Sends what is waiting; `false` when not all was out in `timeoutMs` milliseconds, 5000 if left out. Never rejects. */
  flush(options?: { timeoutMs?: number }): Promise<boolean>;
  /**
   * Drains health, sends what is waiting and ends all timers and connections, within `timeoutMs` milliseconds, 2000 if
   * left out. Never rejects.
   */
  close(options?: { timeoutMs?: number }): Promise<void>;
}
