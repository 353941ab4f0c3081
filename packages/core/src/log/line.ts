/** Line: one log call made into one line, with the context on it, each key once, without secrets. */
import type { LogFn, Logger } from 'pino';
import { activeTrace } from '../context/request-context.js';
import { isError } from '../internal/error-fields.js';
import type { Redactor } from '../internal/redact.js';
import { formatFields, mixIn, type PinoState, serialize } from './call-fields.js';
import { type LogCall, messageOf, readCall } from './call.js';
import { type FieldTexts, joinTexts } from './field-texts.js';
import { LineParts, traceKeys } from './line-parts.js';
import { errorLevel, loggedError, type LoggedError } from './logged-error.js';
import { type KnownLogger, KnownLoggers } from './known-logger.js';
import { redactFields } from './logger-bindings.js';
import { scopeOf } from './logger-scope.js';
import type { PinoSymbols } from './pino-symbols.js';
import { placeFields, plainFields, withRate } from './placed-fields.js';
import { printable } from './printable.js';
import { identityNames, ScopeFields, type ScopeFieldsOptions } from './scope-fields.js';
import { noteTold, withoutTold } from './told-errors.js';

export interface LineOptions {
  /** On every line: `service`, `env`, `version`. */
  readonly base: FieldTexts;
  readonly redactor: Redactor;
  readonly userFields: readonly string[];
  /** Told of the level of every line that is written, as pino numbers it. */
  readonly onLine: (level: number) => void;
  /** Told of every line at `error` or above; left out when nobody listens. */
  readonly onError?: ((logged: LoggedError) => void) | undefined;
  /** Told of each logger whose lines OpenTelemetry sends as well; left out when nobody minds. */
  readonly onTapped?: (() => void) | undefined;
  /** Told when a line could not be written: a destination, serializer or mixin threw. */
  readonly onFailure: (reason: unknown) => void;
}

const nothing: ReadonlySet<string> = new Set();

/** One call to a method of a logger. */
export interface LoggerCall {
  readonly logger: Logger;
  readonly args: readonly unknown[];
  /** What pino would have done with the call. */
  readonly method: LogFn;
  readonly level: number;
  /** The part of such lines that is written; below 1 it stands on the line. */
  readonly rate: number;
}

export class LineWriter {
  /** Names that are ours on every line. */
  private readonly always: ReadonlySet<string>;
  /** By the name that a logger gives to its message, which no binding and no field of the context can have. */
  private readonly reserved = new Map<string, ReservedNames>();
  private readonly baseText: string;
  private readonly loggers: KnownLoggers;

  constructor(private readonly options: LineOptions) {
    const { base, redactor, onTapped } = options;
    this.loggers = new KnownLoggers(redactor, onTapped);
    this.always = new Set(['level', 'time', ...base.keys()]);
    this.baseText = joinTexts(base);
  }

  /** Writes the line of one call; never throws. */
  write(call: LoggerCall): void {
    try {
      // What led to the error stands before it.
      if (call.level >= errorLevel) scopeOf(call.logger)?.unit.held?.release();
      const known = this.loggers.of(call.logger);
      const composed = this.compose(call, known, known.standIn);
      this.options.onLine(call.level);
      if (composed && call.level >= errorLevel) this.noteError(call, known, composed);
    } catch (reason) {
      this.options.onFailure(reason);
    }
  }

  /** The line of one call as it would have been written, without secrets; `undefined` when it could not be made. */
  textOf(call: LoggerCall): string | undefined {
    try {
      const known = this.loggers.of(call.logger);
      return known.textOf((standIn) => this.compose(call, known, standIn));
    } catch (reason) {
      this.options.onFailure(reason);
      return undefined;
    }
  }

  /** Tells of an error that gets no line of its own, with the context that its line would have had. */
  report(logger: Logger, error: unknown, message: string, fields: Readonly<Record<string, unknown>>): void {
    const { onError, redactor } = this.options;
    if (!onError) return;
    const parts = this.partsOf(logger, this.loggers.of(logger));
    const known = parts.values();
    // Read where it does no harm; whoever is told of errors makes a copy without secrets in any case.
    const all = known === undefined ? fields : { ...known, ...redactFields(fields, redactor) };
    onError(loggedError(errorLevel, parts, { message, error, fields: all }));
  }

  /**
   * @param line The stand-in that the line is written by.
   * @returns What it was made of, at `error` and above.
   */
  private compose(
    { logger, args, method, level, rate }: LoggerCall,
    known: KnownLogger,
    line: PinoState,
  ): Composed | undefined {
    const { symbols, errorKey, messageKey } = known;
    const { redactor } = this.options;
    const call = printable(readCall(args, errorKey), redactor);
    const plain = level < errorLevel && rate === 1 ? this.plainParts(logger, call, known) : undefined;
    if (plain !== undefined) {
      sendBeside(plain, line, symbols, method, call.message, ...call.params);
      return undefined;
    }
    const given = mixIn(logger, symbols, call.fields, level);
    const telling = withoutTold(given, logger, known, redactor);
    const formatted = formatFields(logger, symbols, telling);
    const own = formatted && redactFields(serialize(known.serializers, formatted), redactor);
    const fields = rate < 1 ? withRate(own, rate) : own;
    const parts = this.partsOf(logger, known);
    const placed =
      fields && placeFields(fields, parts, this.always, call.message === undefined ? undefined : messageKey);

    const beside = this.baseText + parts.joined(placed?.hidden ?? nothing);
    if (placed) sendBeside(beside, line, symbols, method, placed.fields, call.message, ...call.params);
    else sendBeside(beside, line, symbols, method, call.message, ...call.params);
    return { call, error: given?.[errorKey], parts, fields: placed?.fields };
  }

  /** All that stands on the line but its head and its message, where the call's fields go there as they are. */
  private plainParts(logger: Logger, { fields, message }: LogCall, known: KnownLogger): string | undefined {
    if (typeof message !== 'string' || !known.takesPlainFields) return undefined;
    const parts = this.partsOf(logger, known);
    const plain = fields ? plainFields(fields, parts, this.always, known.messageKey, this.options.redactor) : '';
    return plain === undefined ? undefined : this.baseText + parts.joined(nothing) + plain;
  }

  private noteError({ logger, level }: LoggerCall, known: KnownLogger, composed: Composed): void {
    const { call, error, parts, fields = {} } = composed;
    const { errorKey, messageKey } = known;
    const logged = scopeOf(logger)?.unit.logged;
    if (logged && isError(error)) logged.error ??= error;
    if (isError(error)) noteTold(logger, known, error);
    if (!this.options.onError) return;
    const all = parts.values() ?? {};
    for (const key in fields) if (key !== errorKey) all[key] = fields[key];
    this.options.onError(
      loggedError(level, parts, { message: messageOf(call, messageKey, errorKey), error, fields: all }),
    );
  }

  private partsOf(logger: Logger, known: KnownLogger): LineParts {
    const { inBindings, inScope } = this.reservedBeside(known.messageKey);
    const scope = scopeOf(logger);
    const bindings = known.bindings(this.options.redactor, inBindings);
    return new LineParts(bindings, scope && ScopeFields.of(scope, inScope), scope ? scope.trace : activeTrace());
  }

  private reservedBeside(messageKey: string): ReservedNames {
    const known = this.reserved.get(messageKey);
    if (known) return known;
    const { redactor, userFields } = this.options;
    const inBindings = new Set([...this.always, messageKey]);
    const ours = new Set([...inBindings, 'logger', ...traceKeys]);
    const made = { inBindings, inScope: { redactor, userFields, identityNames: identityNames(userFields), ours } };
    this.reserved.set(messageKey, made);
    return made;
  }
}

/** Has pino write a line beside bindings of its own. What a placeholder prints may log by the same stand-in before that. */
function sendBeside(
  bindings: string,
  line: PinoState,
  { chindings }: PinoSymbols,
  method: (this: unknown, ...args: never[]) => void,
  ...args: unknown[]
): void {
  const outer = line[chindings];
  line[chindings] = bindings;
  try {
    (method as (this: unknown, ...args: unknown[]) => void).apply(line, args);
  } finally {
    line[chindings] = outer;
  }
}

interface ReservedNames {
  readonly inBindings: ReadonlySet<string>;
  readonly inScope: ScopeFieldsOptions;
}

/** What a line was made of, for those who are told of errors. */
interface Composed {
  readonly call: LogCall;
  /** What was given as the error. */
  readonly error: unknown;
  readonly parts: LineParts;
  readonly fields: Readonly<Record<string, unknown>> | undefined;
}
