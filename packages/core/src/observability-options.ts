/** Observability options: what users configure, and what they get. */
import type { DestinationStream, Logger, LoggerOptions } from 'pino';
import type { Destination } from './export/destination.js';
import type { Handover } from './export/handover.js';
import type { ExportProblem } from './export/problem.js';
import { checkedSpool, type SpoolSettings } from './export/spool/create-spool.js';
import type { SpoolStatus } from './export/spool/spool.js';
import type { ExporterStatus } from './export/taker.js';
import { type HealthSettings, requireDeadline } from './health/health.js';
import type { ObservedApplication } from './http/observed.js';
import { invalidOption, requireFunctionOr, requireObject, requireText, requireTexts } from './internal/options.js';
import type { RedactOptions } from './internal/redact.js';
import type { ServiceInfo } from './internal/service.js';
import type { FlightRecorderOptions } from './log/flight-recorder.js';

/** Which lines are written, and where to. */
export interface LogOptions {
  /** Least level that is written. @default LOG_LEVEL, else 'info' */
  level?: string;
  /** Levels by logger name; `orders` covers `orders.pricing`. @default LOG_LEVELS */
  levels?: Readonly<Record<string, string>>;
  /** Fields of the user that are logged beside `user_id`, each as `user_NAME`. @default [] */
  userFields?: readonly string[];
  /** Keeps the last lines of a request below its level, and writes them when it fails; `{}` for the defaults. Left out, none. */
  flightRecorder?: FlightRecorderOptions;
  /** The part of the lines of a message that is written, by message: `{ 'cache miss': 0.01 }`. Errors always are. */
  sample?: Readonly<Record<string, number>>;
  /** Whether what is printed on the console, and warnings of the process, are lines instead, until `close()`. @default false */
  captureConsole?: boolean;
  /** Any pino destination. @default standard output; readable on a terminal in development, JSON otherwise */
  destination?: DestinationStream;
}

/** What `createObservability()` takes; each has a default. */
export interface ObservabilityOptions {
  /** Each part not given is looked up: OTEL_SERVICE_NAME, OTEL_RESOURCE_ATTRIBUTES, package.json, NODE_ENV. */
  service?: Partial<ServiceInfo>;
  log?: LogOptions;
  redact?: RedactOptions;
  /** Where errors go. Left out, the environment says; `[]` for nowhere. */
  exporters?: readonly (Destination | Handover)[];
  /** Where errors are kept on disk until they are delivered. Left out, THROUGHLINE_SPOOL_DIR says; nowhere without it. */
  spool?: SpoolSettings;
  health?: Pick<HealthSettings, 'checks' | 'deadlineMs'>;
  /**
   * Whether errors that nobody catches are logged at `fatal` and exported. The process ends, or goes on, as without it.
   * @default false
   */
  captureUncaught?: boolean;
  /** Told of trouble in observability itself, once per change of state. */
  onProblem?: (problem: ObservabilityProblem) => void;
  /** Allows this one beside the process's own, which it does not become. @default false */
  isolated?: boolean;
}

export const observabilityDefaults: {
  userFields: readonly string[];
  captureConsole: boolean;
  captureUncaught: boolean;
  isolated: boolean;
} = {
  userFields: [],
  captureConsole: false,
  captureUncaught: false,
  isolated: false,
};

/**
 * Refuses what is of the wrong kind; levels, checks and redaction are judged where they are used.
 *
 * @throws {ConfigError} Names the option that cannot be used.
 */
export function requireUsable(options: ObservabilityOptions): void {
  const { service = {}, log = {}, exporters = [], health = {}, spool, captureUncaught, onProblem } = options;
  for (const [name, group] of Object.entries({ service, log, health })) requireObject(name, group);
  for (const [name, value] of Object.entries(service)) if (value !== undefined) requireText(`service.${name}`, value);
  requireDeadline(health.deadlineMs);
  if (log.userFields !== undefined) requireTexts('log.userFields', log.userFields);
  if (log.destination !== undefined && typeof log.destination?.write !== 'function')
    throw invalidOption('log.destination', 'a pino destination', log.destination);
  if (!Array.isArray(exporters)) throw invalidOption('exporters', 'a list of destinations', typeof exporters);
  exporters.forEach(requireDestination);
  // Also where there is nothing to keep, as in development: a mistake must not wait for production.
  if (spool !== undefined) checkedSpool(spool);
  for (const [name, value] of Object.entries({ captureUncaught, 'log.captureConsole': log.captureConsole }))
    if (value !== undefined && typeof value !== 'boolean') throw invalidOption(name, 'true or false', value);
  if (onProblem !== undefined) requireFunctionOr('onProblem', onProblem, []);
}

function requireDestination(destination: (Partial<Destination> & Partial<Handover>) | undefined, index: number): void {
  if (typeof destination?.encode === 'function' && typeof destination.classify === 'function') return;
  if (typeof destination?.capture === 'function' && typeof destination.flush === 'function') return;
  throw invalidOption(
    `exporters[${index}]`,
    'a destination, such as openobserveExporter({ url, key })',
    typeof destination,
  );
}

/** Trouble in observability: what happened, where, and how it is mended. */
export type ObservabilityProblem = ExportProblem | { readonly code: 'LOG_LINE_FAILED'; readonly message: string };

/** What `status()` tells: plain data without a credential. */
export interface ObservabilityStatus {
  readonly service: ServiceInfo;
  readonly exporters: readonly ExporterStatus[];
  /** Left out when nothing is kept on disk. */
  readonly spool?: SpoolStatus;
}

/** Loggers, health and exporters of one process. */
export interface Observability extends ObservedApplication {
  readonly service: ServiceInfo;
  /** The root logger, a pino logger. */
  readonly logger: Logger;
  /** Changes a level at run time; of all loggers without one of their own when `name` is `undefined`. */
  setLevel(name: string | undefined, level: string): void;
  /** Writes all lines there instead, until the returned function is called. For tests, which have `recordLogs()`. */
  redirectLogs(destination: DestinationStream): () => void;
  /** Options that make a pino of the user's own write lines like ours. */
  pinoOptions<T extends LoggerOptions>(options?: T): T & LoggerOptions;
  /** What the exporters have done, as plain data without credentials. */
  status(): ObservabilityStatus;
  /**
   * Resolves when every check whose startup effect is `refuse` answers, asked again and again within `timeoutMs`
   * milliseconds, 10_000 if left out. Await it before the server listens.
   *
   * @throws {StartupError} When one is still missing by then; its message names check and host, never a credential.
   */
  ready(options?: { timeoutMs?: number }): Promise<void>;
  /** Sends what is waiting; `false` when not all was out in `timeoutMs` milliseconds, 5000 if left out. Never rejects. */
  flush(options?: { timeoutMs?: number }): Promise<boolean>;
  /**
   * Drains health, sends what is waiting and ends all timers and connections, within `timeoutMs` milliseconds, 2000 if
   * left out. Never rejects.
   */
  close(options?: { timeoutMs?: number }): Promise<void>;
}
