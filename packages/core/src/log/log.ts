/** Log: the loggers of one process, configured together, at any time. */
import pino, { type DestinationStream, type LogFn, type Logger, type LoggerOptions } from 'pino';
import type { ContextScope, UnitOfWork } from '../context/request-context.js';
import { watchConclusions } from '../context/conclusion.js';
import type { Redactor } from '../internal/redact.js';
import type { ServiceInfo } from '../internal/service.js';
import { setText } from './field-texts.js';
import { asItIs } from './call-fields.js';
import { type Comparison, comparisonOf } from './comparison.js';
import { type FlightRecorder, LineRing } from './flight-recorder.js';
import { Gate } from './gate.js';
import type { Levels } from './levels.js';
import { type LineOptions, LineWriter, type LoggerCall } from './line.js';
import type { LoggedError } from './logged-error.js';
import { boundScope, scopeOf } from './logger-scope.js';
import { pinoSymbols } from './pino-symbols.js';
import type { Sampling } from './sampling.js';
import { branchTo } from './tap.js';
import { timestamp } from './timestamp.js';

export interface LogSettings {
  service: ServiceInfo;
  levels: Levels;
  userFields: readonly string[];
  destination: DestinationStream;
  redactor: Redactor;
  /** Told of the level of every line, as pino numbers it. */
  onLine: (level: number) => void;
  recorder?: FlightRecorder | undefined;
  sampling?: Sampling | undefined;
  onError?: ((logged: LoggedError) => void) | undefined;
  /** Told of each logger whose lines OpenTelemetry sends as well. */
  onTapped?: (() => void) | undefined;
  onFailure: (reason: unknown) => void;
}

/**
 * Loggers are handed out before anyone knows how they will be configured: modules take theirs while they are imported.
 * So a logger keeps nothing of the settings; the next `configure` reaches all of them.
 */
export class Log {
  readonly logger: Logger;
  private levels: Levels;
  private writer: LineWriter;
  private gate: Gate;
  private hasOwnLevels = false;
  private endWatch: () => void = () => undefined;
  /** Where the destination is kept when something else gets the lines too. */
  private readonly branch: { stream: DestinationStream } | undefined;
  private redirected: DestinationStream[] = [];
  private readonly named = new Map<string, Logger>();

  constructor(private settings: LogSettings) {
    this.gate = this.createGate(settings);
    this.levels = settings.levels;
    this.writer = new LineWriter(lineOptions(settings));
    this.logger = pino(this.pinoOptions({}), settings.destination);
    this.branch = branchTo(settings.destination, this.root[pinoSymbols(this.logger).stream]);
    this.watch();
  }

  configure(settings: LogSettings): void {
    this.gate = this.createGate(settings);
    this.settings = settings;
    this.levels = settings.levels;
    this.writer = new LineWriter(lineOptions(settings));
    this.writeTo(this.redirected.at(-1) ?? settings.destination);
    this.watch();
    this.applyLevels();
  }

  /** From here on calls below a logger's level are looked at: a request may have a level of its own. */
  allowOwnLevels(): void {
    if (this.hasOwnLevels) return;
    this.hasOwnLevels = true;
    this.gate = this.createGate(this.settings);
    this.applyLevels();
  }

  /** Writes all lines there instead, whatever is configured meanwhile, until the returned function is called. */
  redirect(destination: DestinationStream): () => void {
    this.redirected.push(destination);
    this.writeTo(destination);
    return () => {
      this.redirected = this.redirected.filter((other) => other !== destination);
      this.writeTo(this.redirected.at(-1) ?? this.settings.destination);
    };
  }

  close(): void {
    this.endWatch();
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
    const enter = (call: LoggerCall, isEnabled: boolean): void => this.enter(call, isEnabled);
    const wants = (logger: Logger, level: number): boolean => this.wants(logger, level);
    const { name, ...others }: LoggerOptions = options;
    const userHook = options.hooks?.logMethod;
    const isEnabled = comparisonOf(options);
    const ours: LoggerOptions = {
      level: this.levels.of(name),
      base: name === undefined ? null : { logger: name },
      timestamp,
      ...others,
      levelComparison: this.widened(isEnabled),
      serializers: { err: asItIs, ...options.serializers },
      formatters: { ...(!hasTargets(options) && levelByName), ...options.formatters },
      hooks: {
        ...options.hooks,
        logMethod(this: Logger, args, method, level) {
          const isWritten = isEnabled(level, this.levelVal);
          if (!isWritten && !wants(this, level)) return;
          if (!userHook) return enter({ logger: this, args, method, level, rate: 1 }, isWritten);
          const writeLine = (...changed: unknown[]): void =>
            enter({ logger: this, args: changed, method, level, rate: 1 }, isWritten);
          userHook.call(this, args, writeLine as LogFn, level);
        },
      },
    };
    return ours as T & LoggerOptions;
  }

  /** Tells the exporters of an error without writing a line. */
  recordError(error: unknown, message: string, fields: Readonly<Record<string, unknown>>): void {
    this.writer.report(this.logger, error, message, fields);
  }

  /** Writes a line, keeps it for later, or does neither. */
  private enter(call: LoggerCall, isEnabled: boolean): void {
    const { gate, writer } = this;
    if (gate.isIdle) return writer.write(call);
    const scope = scopeOf(call.logger);
    const rate = gate.rateOf(scope, call.level, isEnabled, call.args);
    if (rate > 0) writer.write(rate === 1 ? call : { ...call, rate });
    else if (gate.keeps(scope, call.level)) keepLine(scope.unit, call, writer, gate);
  }

  /**
   * The comparison by which pino decides. It asks without a `this` which methods of a logger do anything at all, and with
   * one whether a level is enabled now.
   */
  private widened(isEnabled: Comparison): Comparison {
    const isWide = (): boolean => this.gate.isWide;
    const wants = (logger: Logger, level: number): boolean => this.wants(logger, level);
    return function isLevelEnabled(this: Logger | undefined, level: number, least: number): boolean {
      return isEnabled(level, least) || (this === undefined ? isWide() : wants(this, level));
    };
  }

  /** Whether a call below the logger's level comes to anything. */
  private wants(logger: Logger, level: number): boolean {
    return this.gate.isWide && this.gate.wants(scopeOf(logger), level);
  }

  private createGate({ recorder, sampling }: LogSettings): Gate {
    return new Gate(recorder, sampling, this.hasOwnLevels);
  }

  private watch(): void {
    this.endWatch();
    if (this.gate.recorder) this.endWatch = watchConclusions();
  }

  private writeTo(destination: DestinationStream): void {
    if (this.branch) this.branch.stream = destination;
    else this.root[pinoSymbols(this.logger).stream] = destination;
  }

  /** The root logger with what pino keeps under its symbols. */
  private get root(): Record<symbol, unknown> {
    return this.logger as unknown as Record<symbol, unknown>;
  }

  private applyLevels(): void {
    this.logger.level = this.levels.of(undefined);
    for (const [name, logger] of this.named) logger.level = this.levels.of(name);
  }
}

/** Keeps a line in the ring of its unit of work. */
function keepLine(unit: UnitOfWork, call: LoggerCall, writer: LineWriter, { recorder }: Gate): void {
  const text = writer.textOf(call);
  if (text === undefined || !recorder) return;
  unit.held ??= recorder.createRing();
  const stream = (call.logger as unknown as Record<symbol, DestinationStream | undefined>)[
    pinoSymbols(call.logger).stream
  ];
  if (stream && unit.held instanceof LineRing) unit.held.keep({ text, level: call.level, stream });
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
  const { redactor, userFields, onLine, onError, onTapped, onFailure } = settings;
  return { base, redactor, userFields, onLine, onError, onTapped, onFailure };
}
