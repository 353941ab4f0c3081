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
import { LoggerBindings, redactFields } from './logger-bindings.js';
import { scopeOf } from './logger-scope.js';
import { pinoSymbols } from './pino-symbols.js';
import { placeFields, withRate } from './placed-fields.js';
import { printable } from './printable.js';
import { ScopeFields, type ScopeFieldsOptions } from './scope-fields.js';
import { isTapped } from './tap.js';
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
  private readonly bindings = new WeakMap<Logger, LoggerBindings>();
  private readonly standIns = new WeakMap<Logger, PinoState>();
  private readonly silentStandIns = new WeakMap<Logger, PinoState>();
  /** What a silent stand-in wrote last. */
  private lastText = '';

  constructor(private readonly options: LineOptions) {
    const { base } = options;
    this.always = new Set(['level', 'time', ...base.keys()]);
    this.baseText = joinTexts(base);
  }

  /** Writes the line of one call; never throws. */
  write(call: LoggerCall): void {
    try {
      // What led to the error stands before it.
      if (call.level >= errorLevel) scopeOf(call.logger)?.unit.held?.release();
      const composed = this.compose(call, this.standIn(call.logger));
      this.options.onLine(call.level);
      if (call.level >= errorLevel) this.noteError(call, composed);
    } catch (reason) {
      this.options.onFailure(reason);
    }
  }

  /** The line of one call as it would have been written, without secrets; `undefined` when it could not be made. */
  textOf(call: LoggerCall): string | undefined {
    try {
      this.compose(call, this.silentStandIn(call.logger));
      return this.lastText;
    } catch (reason) {
      this.options.onFailure(reason);
      return undefined;
    }
  }

  /** Tells of an error that gets no line of its own, with the context that its line would have had. */
  report(logger: Logger, error: unknown, message: string, fields: Readonly<Record<string, unknown>>): void {
    const { onError, redactor } = this.options;
    if (!onError) return;
    const parts = this.partsOf(logger);
    const known = parts.values();
    // Read where it does no harm; whoever is told of errors makes a copy without secrets in any case.
    const all = known === undefined ? fields : { ...known, ...redactFields(fields, redactor) };
    onError(loggedError(errorLevel, parts, { message, error, fields: all }));
  }

  /** @param line The stand-in that the line is written by. */
  private compose({ logger, args, method, level, rate }: LoggerCall, line: PinoState): Composed {
    const symbols = pinoSymbols(logger);
    const state = logger as unknown as PinoState;
    const errorKey = state[symbols.errorKey] as string;
    const messageKey = state[symbols.messageKey] as string;
    const { redactor } = this.options;
    const call = printable(readCall(args, errorKey), redactor);
    const given = mixIn(logger, symbols, call.fields, level);
    const telling = withoutTold(given, logger, symbols, errorKey, redactor);
    const formatted = formatFields(logger, symbols, telling);
    const own = formatted && redactFields(serialize(logger, symbols, formatted), redactor);
    const fields = rate < 1 ? withRate(own, rate) : own;
    const parts = this.partsOf(logger);
    const placed =
      fields && placeFields(fields, parts, this.always, call.message === undefined ? undefined : messageKey);

    line[symbols.chindings] = this.baseText + parts.joined(placed?.hidden ?? nothing);
    const send = method as (this: unknown, ...args: unknown[]) => void;
    if (placed) send.call(line, placed.fields, call.message, ...call.params);
    else send.call(line, call.message, ...call.params);
    return { call, error: given?.[errorKey], parts, fields: placed?.fields, errorKey, messageKey };
  }

  private noteError({ logger, level }: LoggerCall, composed: Composed): void {
    const { call, error, parts, fields = {}, errorKey, messageKey } = composed;
    const logged = scopeOf(logger)?.unit.logged;
    if (logged && isError(error)) logged.error ??= error;
    if (isError(error)) noteTold(logger, pinoSymbols(logger), errorKey, error);
    if (!this.options.onError) return;
    const all = parts.values() ?? {};
    for (const key in fields) if (key !== errorKey) all[key] = fields[key];
    this.options.onError(
      loggedError(level, parts, { message: messageOf(call, messageKey, errorKey), error, fields: all }),
    );
  }

  private partsOf(logger: Logger): LineParts {
    const scope = scopeOf(logger);
    const messageKey = (logger as unknown as PinoState)[pinoSymbols(logger).messageKey] as string;
    const reserved = this.reservedBeside(messageKey);
    const scopeFields = scope && ScopeFields.of(scope, reserved.inScope);
    return new LineParts(this.bindingsOf(logger, reserved), scopeFields, scope ? scope.trace : activeTrace());
  }

  private reservedBeside(messageKey: string): ReservedNames {
    const known = this.reserved.get(messageKey);
    if (known) return known;
    const { redactor, userFields } = this.options;
    const inBindings = new Set([...this.always, messageKey]);
    const ours = new Set([...inBindings, 'logger', ...traceKeys]);
    const made = { inBindings, inScope: { redactor, userFields, ours } };
    this.reserved.set(messageKey, made);
    return made;
  }

  private bindingsOf(logger: Logger, { inBindings }: ReservedNames): LoggerBindings {
    const known = this.bindings.get(logger);
    if (known?.isCurrent(logger)) return known;
    const read = LoggerBindings.of(logger, this.options.redactor, inBindings);
    this.bindings.set(logger, read);
    return read;
  }

  /**
   * A logger like the given one, whose bindings are set anew for each line. Pino reads them before it calls anything
   * of the user's, so one stand-in serves all lines. What was done here is not done by pino a second time.
   */
  private standIn(logger: Logger): PinoState {
    const known = this.standIns.get(logger);
    if (known) return known;
    const symbols = pinoSymbols(logger);
    const made = Object.create(logger) as PinoState;
    made[symbols.serializers] = {};
    made[symbols.mixin] = undefined;
    made[symbols.write] = this.cleanedWrite(made[symbols.write] as Write);
    made[symbols.formatters] = { ...(made[symbols.formatters] as object), log: undefined };
    this.standIns.set(logger, made);
    if (this.options.onTapped && isTapped(made[symbols.stream])) this.options.onTapped();
    return made;
  }

  /** The message is searched for secrets when its placeholders are filled: `token=%s` alone tells of none. */
  private cleanedWrite(write: Write): Write {
    const { redactor } = this.options;
    return function writeCleaned(this: unknown, fields, message, level) {
      write.call(this, fields, typeof message === 'string' ? redactor.text(message) : message, level);
    };
  }

  /** A stand-in whose lines come here instead of to the logger's destination. */
  private silentStandIn(logger: Logger): PinoState {
    const known = this.silentStandIns.get(logger);
    if (known) return known;
    const made = Object.create(this.standIn(logger)) as PinoState;
    made[pinoSymbols(logger).stream] = { write: (text: string) => (this.lastText = text) };
    this.silentStandIns.set(logger, made);
    return made;
  }
}

/** How pino writes a line. */
type Write = (this: unknown, fields: unknown, message: unknown, level: number) => void;

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
  readonly errorKey: string;
  readonly messageKey: string;
}
