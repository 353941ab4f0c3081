/** Observability: its parts, wired together; one per process unless isolated. */
import type { DestinationStream, Logger, LoggerOptions } from 'pino';
import type { ContextScope } from './context/request-context.js';
import { runOutsideContext } from './context/run.js';
import { exportersFromEnvironment, logFromEnvironment, serviceFromEnvironment } from './environment.js';
import { ConfigError } from './errors.js';
import type { Destination } from './export/destination.js';
import { createExporterCore, type ExporterCore, type ExporterStatus, type ExportProblem } from './export/exporter.js';
import type { HealthCheck, Probe } from './health/check.js';
import { createHealth, type Health } from './health/health.js';
import type { HealthChange } from './health/outage.js';
import type { ObservedApplication } from './http/observed.js';
import { perProcess } from './internal/per-process.js';
import { createRedactor, type RedactOptions } from './internal/redact.js';
import type { ServiceInfo } from './internal/service.js';
import { standardOutput } from './log/destination.js';
import { Log, type LogSettings } from './log/log.js';

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
  health?: { checks?: Readonly<Record<string, HealthCheck | Probe>> };
  /** Told of trouble in observability itself, once per change of state. */
  onProblem?: (problem: ObservabilityProblem) => void;
  /** Allows this one beside the process's own, which it does not become. @default false */
  isolated?: boolean;
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
  /** Sends what is waiting; `false` when not all was out in time. Never rejects. */
  flush(options?: { timeoutMs?: number }): Promise<boolean>;
  /** Drains health, sends what is waiting and ends all timers and connections. Never rejects. */
  close(options?: { timeoutMs?: number }): Promise<void>;
}

/** The process's own observability, and whether it was made because somebody needed one before it was created. */
const own = perProcess<{ observability: AssembledObservability | undefined; isProvisional: boolean }>(
  'observability',
  () => ({
    observability: undefined,
    isProvisional: false,
  }),
);

/**
 * Makes the observability of this process. What was handed out before (loggers, health) keeps working and takes on
 * these options.
 *
 * @throws {ConfigError} When an option cannot be used, or the process has one already and this is not `isolated`.
 */
export function createObservability(options: ObservabilityOptions = {}): Observability {
  const { isolated = false } = options;
  if (isolated) return new AssembledObservability(options);
  if (own.observability && !own.isProvisional) {
    const message =
      'this process has an observability; use getObservability(), close() it first, or pass isolated: true';
    throw new ConfigError('ALREADY_CREATED', message, 'isolated', 'true, or the first one closed', 'a second one');
  }
  if (own.observability) own.observability.configure(options);
  else own.observability = new AssembledObservability(options);
  own.isProvisional = false;
  return own.observability;
}

/** The process's own observability; made from the environment when nobody created one yet. */
export function getObservability(): Observability {
  if (!own.observability) {
    own.observability = new AssembledObservability({});
    own.isProvisional = true;
  }
  return own.observability;
}

/** A pino logger of this name, with the context of the running request on every line. */
export function getLogger(name: string): Logger {
  return getObservability().getLogger(name);
}

/** Options that make a pino of the user's own write lines like ours: `pino(pinoOptions({ name: 'legacy' }))`. */
export function pinoOptions<T extends LoggerOptions>(options?: T): T & LoggerOptions {
  return getObservability().pinoOptions(options);
}

class AssembledObservability implements Observability {
  service: ServiceInfo;
  readonly health: Health;
  private readonly log: Log;
  private exporter: ExporterCore;

  constructor(options: ObservabilityOptions) {
    const { settings, exporter, warnings } = this.assemble(options);
    this.service = settings.service;
    this.exporter = exporter;
    this.log = new Log(settings);
    this.health = createHealth(this.healthOptions(options));
    this.warn(warnings);
  }

  get logger(): Logger {
    return this.log.logger;
  }

  /** Takes on other options; nothing that was handed out before has to be asked for again. */
  configure(options: ObservabilityOptions): void {
    const { settings, exporter, warnings } = this.assemble(options);
    for (const [name, check] of Object.entries(options.health?.checks ?? {})) this.health.register(name, check);
    const replaced = this.exporter;
    this.log.configure(settings);
    this.service = settings.service;
    this.exporter = exporter;
    void replaced.close();
    this.warn(warnings);
  }

  getLogger(name: string): Logger {
    return this.log.getLogger(name);
  }

  loggerFor(scope: ContextScope): Logger {
    return this.log.loggerFor(scope);
  }

  setLevel(name: string | undefined, level: string): void {
    this.log.setLevel(name, level);
  }

  pinoOptions<T extends LoggerOptions>(options?: T): T & LoggerOptions {
    return this.log.pinoOptions(options ?? ({} as T));
  }

  recordError(error: unknown, message: string, fields: Readonly<Record<string, unknown>>): void {
    this.log.recordError(error, message, fields);
  }

  status(): ObservabilityStatus {
    return { service: this.service, exporters: this.exporter.status() };
  }

  flush(options?: { timeoutMs?: number }): Promise<boolean> {
    return this.exporter.flush(options);
  }

  async close(options?: { timeoutMs?: number }): Promise<void> {
    if (own.observability === this) own.observability = undefined;
    this.health.drain();
    await this.exporter.close(options);
  }

  /** Everything that the options decide, made anew. */
  private assemble(options: ObservabilityOptions): Assembly {
    const warnings: string[] = [];
    const warn = (sentence: string): void => void warnings.push(sentence);
    const service = { ...serviceFromEnvironment(process.env, warn), ...options.service };
    const redactor = createRedactor(options.redact);
    const onProblem = problemListener(options.onProblem);
    const destinations = options.exporters ?? exportersFromEnvironment(process.env, warn);
    const exporter = createExporterCore({ destinations, service, redactor, onProblem });
    const environment = logFromEnvironment(process.env, warn);
    const { level = environment.level, levels = environment.levels, userFields = [], destination } = options.log ?? {};
    const settings: LogSettings = {
      service,
      level,
      levels,
      userFields,
      destination: destination ?? standardOutput(environment.pretty),
      redactor,
      // Sockets and timers of the exporter outlive the request; they must not keep its context.
      onError: exporter.active ? (logged) => runOutsideContext(() => exporter.offer(logged)) : undefined,
      onFailure: (reason) => onProblem({ code: 'LOG_LINE_FAILED', message: String(reason) }),
    };
    return { settings, exporter, warnings };
  }

  private healthOptions(options: ObservabilityOptions): Parameters<typeof createHealth>[0] {
    const version = (): string | undefined => this.service.version;
    return {
      get version() {
        return version();
      },
      checks: { ...options.health?.checks },
      onChange: (change) => logHealthChange(this.getLogger('health'), change),
    };
  }

  private warn(sentences: readonly string[]): void {
    for (const sentence of sentences) this.getLogger('throughline').warn(sentence);
  }
}

interface Assembly {
  readonly settings: LogSettings;
  readonly exporter: ExporterCore;
  readonly warnings: readonly string[];
}

/** Once down, once back: probes come every few seconds. The driver's error may name hosts, so only the code is told. */
function logHealthChange(logger: Logger, change: HealthChange): void {
  const { name, required, status } = change;
  if (status === 'ok')
    logger.info({ check: name, required, outage_ms: Math.round(change.outageMs) }, 'dependency is back');
  else logger.warn({ check: name, required, code: change.code }, 'dependency is down');
}

/** A listener that throws must not reach those who report to it. */
function problemListener(onProblem: ObservabilityOptions['onProblem']): (problem: ObservabilityProblem) => void {
  return (problem) => {
    try {
      onProblem?.(problem);
    } catch {
      // Nobody is left to tell.
    }
  };
}
