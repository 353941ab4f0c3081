/** Nest logger: Nest's own `Logger`, and all that is logged through it, writes lines like ours. */
import type { LoggerService, LogLevel } from '@nestjs/common';
import { getObservability, type Logger, type Observability } from '@throughline/core';
import { answeredException, isRecorded } from './failures.js';
import { readNestCall } from './nest-call.js';

/** Options of `createNestLogger()`. */
export interface NestLoggerOptions {
  /** @default the process's own, whichever that is when a line is written */
  observability?: Observability;
}

/**
 * Makes a logger that Nest can use from its first line on, before there is any module: its context becomes `logger`,
 * `log` is `info`, `verbose` is `trace`, and no argument is lost.
 *
 * @example
 * ```ts
 * const app = await NestFactory.create(AppModule, { logger: createNestLogger() });
 * ```
 */
export function createNestLogger(options: NestLoggerOptions = {}): LoggerService {
  return new NestLogger(options);
}

type PinoLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal';

/** From the least to the most severe. */
const pinoLevels: Readonly<Record<LogLevel, PinoLevel>> = {
  verbose: 'trace',
  debug: 'debug',
  log: 'info',
  warn: 'warn',
  error: 'error',
  fatal: 'fatal',
};
const nestLevels = Object.keys(pinoLevels) as LogLevel[];

/** Beyond it contexts are taken for texts that differ from call to call; a logger is kept for each name. */
const maxContexts = 500;

class NestLogger implements LoggerService {
  private readonly contexts = new Set<string>();
  private enabled: ReadonlySet<LogLevel> = new Set(nestLevels);

  constructor(private readonly options: NestLoggerOptions) {}

  log(...args: unknown[]): void {
    this.write('log', args);
  }

  error(...args: unknown[]): void {
    this.write('error', args);
  }

  warn(...args: unknown[]): void {
    this.write('warn', args);
  }

  debug(...args: unknown[]): void {
    this.write('debug', args);
  }

  verbose(...args: unknown[]): void {
    this.write('verbose', args);
  }

  fatal(...args: unknown[]): void {
    this.write('fatal', args);
  }

  /** Nest's `logger: ['error', 'warn']` and `useLogger(['error'])`: as there, what is more severe than all is enabled too. */
  setLogLevels(levels: LogLevel[]): void {
    const highest = Math.max(...levels.map((level) => nestLevels.indexOf(level)));
    const isEnabled = (level: LogLevel, index: number): boolean => levels.includes(level) || index >= highest;
    this.enabled = new Set(levels.length === 0 ? [] : nestLevels.filter(isEnabled));
  }

  private write(level: LogLevel, args: readonly unknown[]): void {
    if (!this.enabled.has(level)) return;
    const { context, fields, message } = readNestCall(args, answeredException());
    // The access line tells of it, with the error itself.
    if (context === 'ExceptionsHandler' && isRecorded(fields['err'])) return;
    const logger = this.loggerOf(context);
    if (message === undefined) logger[pinoLevels[level]](fields);
    else logger[pinoLevels[level]](fields, message);
  }

  private loggerOf(context: string | undefined): Logger {
    const { observability = getObservability() } = this.options;
    if (context === undefined) return observability.logger;
    if (this.contexts.size < maxContexts) this.contexts.add(context);
    return this.contexts.has(context)
      ? observability.getLogger(context)
      : observability.logger.child({ logger: context });
  }
}
