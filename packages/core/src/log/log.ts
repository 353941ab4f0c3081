/** Log: the loggers of one process, configured together, at any time. */
import pino, { type DestinationStream, type LogFn, type Logger, type LoggerOptions } from 'pino';
import type { ContextScope } from '../context/request-context.js';
import type { Redactor } from '../internal/redact.js';
import type { ServiceInfo } from '../internal/service.js';
import { setText } from './field-texts.js';
import type { Levels } from './levels.js';
import { boundScope, type LineOptions, LineWriter } from './line.js';
import type { LoggedError } from './logged-error.js';
import { pinoSymbols } from './pino-symbols.js';

export interface LogSettings {
  service: ServiceInfo;
  levels: Levels;
  userFields: readonly string[];
  destination: DestinationStream;
  redactor: Redactor;
  /** Told of the level of every line, as pino numbers it. */
  onLine: (level: number) => void;
  onError?: ((logged: LoggedError) => void) | undefined;
  onFailure: (reason: unknown) => void;
}

/**
 * Loggers are handed out before anyone knows how they will be configured: modules take theirs while they are imported.
 * So a logger keeps nothing of the settings; the next `configure` reaches all of them.
 */
export class Log {
  readonly logger: Logger;
  private levels: Levels;
  private onLine: LogSettings['onLine'];
  private writer: LineWriter;
  private readonly named = new Map<string, Logger>();

  constructor(settings: LogSettings) {
    this.levels = settings.levels;
    this.onLine = settings.onLine;
    this.writer = new LineWriter(lineOptions(settings));
    this.logger = pino(this.pinoOptions({}), settings.destination);
  }

  configure(settings: LogSettings): void {
    this.levels = settings.levels;
    this.onLine = settings.onLine;
    this.writer = new LineWriter(lineOptions(settings));
    const root = this.logger as unknown as Record<symbol, unknown>;
    root[pinoSymbols(this.logger).stream] = settings.destination;
    this.applyLevels();
  }

  getLogger(name: string): Logger {
    const known = this.named.get(name);
    if (known) return known;
    const made = this.logger.child({ logger: name }, { level: this.levels.of(name) });
    this.named.set(name, made);
    return made;
  }

  setLevel(name: string | undefined, level: string): void {
    this.levels.set(name, level);
    this.applyLevels();
  }

  /** The logger as seen from one request: its lines carry that context wherever they are written from. */
  loggerFor(scope: ContextScope): Logger {
    const logger = Object.create(this.logger) as Logger;
    (logger as unknown as Record<symbol, ContextScope>)[boundScope] = scope;
    return logger;
  }

  /** Options with which a pino of the user's own writes lines like ours; the user's options stay what they are. */
  pinoOptions<T extends LoggerOptions>(options: T): T & LoggerOptions {
    const write = (logger: Logger, args: readonly unknown[], method: LogFn, level: number): void => {
      this.onLine(level);
      this.writer.write(logger, args, method, level);
    };
    const { name, ...others }: LoggerOptions = options;
    const userHook = options.hooks?.logMethod;
    const ours: LoggerOptions = {
      level: this.levels.of(name),
      base: name === undefined ? null : { logger: name },
      timestamp: pino.stdTimeFunctions.isoTime,
      ...others,
      // The redactor makes the error's fields, so it has to see the error itself.
      serializers: { err: (error: unknown) => error, ...options.serializers },
      formatters: { ...(!hasTargets(options) && levelByName), ...options.formatters },
      hooks: {
        ...options.hooks,
        logMethod(this: Logger, args, method, level) {
          const writeLine = (...changed: unknown[]): void => write(this, changed, method, level);
          if (userHook) userHook.call(this, args, writeLine as LogFn, level);
          else writeLine(...args);
        },
      },
    };
    return ours as T & LoggerOptions;
  }

  /** Tells the exporters of an error without writing a line. */
  recordError(error: unknown, message: string, fields: Readonly<Record<string, unknown>>): void {
    this.writer.report(this.logger, error, message, fields);
  }

  private applyLevels(): void {
    this.logger.level = this.levels.of(undefined);
    for (const [name, logger] of this.named) logger.level = this.levels.of(name);
  }
}

const levelByName: LoggerOptions['formatters'] = { level: (label) => ({ level: label }) };

/** Several transports sort lines by the level's number, and pino refuses to be given another. */
function hasTargets({ transport }: LoggerOptions): boolean {
  return transport !== undefined && 'targets' in transport;
}

function lineOptions(settings: LogSettings): LineOptions {
  const { name, version, environment } = settings.service;
  const base = new Map<string, string>();
  setText(base, 'service', name);
  setText(base, 'env', environment);
  setText(base, 'version', version);
  const { redactor, userFields, onError, onFailure } = settings;
  return { base, redactor, userFields, onError, onFailure };
}
