/** Line: one log call made into one line, with the context on it, each key once, without secrets. */
import type { LogFn, Logger } from 'pino';
import { currentScope } from '../context/current.js';
import { activeTrace, type ContextScope } from '../context/request-context.js';
import { isError } from '../internal/error-fields.js';
import type { Redactor } from '../internal/redact.js';
import { formatFields, mixIn, type PinoState, serialize } from './call-fields.js';
import { messageOf, readCall } from './call.js';
import { displacedName, type FieldTexts, joinTexts, toText } from './field-texts.js';
import { LineParts, traceKeys } from './line-parts.js';
import { errorLevel, loggedError, type LoggedError } from './logged-error.js';
import { LoggerBindings, redactFields } from './logger-bindings.js';
import { type PinoSymbols, pinoSymbols } from './pino-symbols.js';
import { printable } from './printable.js';
import { ScopeFields, type ScopeFieldsOptions } from './scope-fields.js';

export interface LineOptions {
  /** On every line: `service`, `env`, `version`. */
  readonly base: FieldTexts;
  readonly redactor: Redactor;
  readonly userFields: readonly string[];
  /** Told of every line at `error` or above; left out when nobody listens. */
  readonly onError?: ((logged: LoggedError) => void) | undefined;
  /** Told when a line could not be written: a destination, serializer or mixin threw. */
  readonly onFailure: (reason: unknown) => void;
}

/** Under this a logger keeps the scope it was made for, as `req.log` does. */
export const boundScope: unique symbol = Symbol('throughline.scope');

const nothing: ReadonlySet<string> = new Set();

export class LineWriter {
  /** Names that are ours on every line. */
  private readonly always: ReadonlySet<string>;
  /** By the name that a logger gives to its message, which no binding and no field of the context can have. */
  private readonly reserved = new Map<string, ReservedNames>();
  private readonly baseText: string;
  private readonly bindings = new WeakMap<Logger, LoggerBindings>();
  private readonly standIns = new WeakMap<Logger, PinoState>();

  constructor(private readonly options: LineOptions) {
    const { base } = options;
    this.always = new Set(['level', 'time', ...base.keys()]);
    this.baseText = joinTexts(base);
  }

  /** Writes the line of one call to a method of `logger`; never throws. */
  write(logger: Logger, args: readonly unknown[], method: LogFn, level: number): void {
    try {
      this.compose(logger, args, method, level);
    } catch (reason) {
      this.options.onFailure(reason);
    }
  }

  /** Tells of an error that gets no line of its own, with the context that its line would have had. */
  report(logger: Logger, error: unknown, message: string, fields: Readonly<Record<string, unknown>>): void {
    const { onError, redactor } = this.options;
    onError?.(loggedError(errorLevel, message, error, this.partsOf(logger), redactFields(fields, redactor)));
  }

  private compose(logger: Logger, args: readonly unknown[], method: LogFn, level: number): void {
    const symbols = pinoSymbols(logger);
    const state = logger as unknown as PinoState;
    const errorKey = state[symbols.errorKey] as string;
    const messageKey = state[symbols.messageKey] as string;
    const { redactor } = this.options;
    const call = printable(readCall(args, errorKey), redactor);
    const given = mixIn(logger, symbols, call.fields, level);
    const formatted = formatFields(logger, symbols, given);
    const fields = formatted && redactFields(serialize(logger, symbols, formatted), redactor);
    const parts = this.partsOf(logger);
    const placed = fields && this.place(fields, parts, call.message === undefined ? undefined : messageKey);

    const line = this.standIn(logger, symbols);
    line[symbols.chindings] = this.baseText + parts.joined(placed?.hidden ?? nothing);
    const send = method as (this: unknown, ...args: unknown[]) => void;
    if (placed) send.call(line, placed.fields, call.message, ...call.params);
    else send.call(line, call.message, ...call.params);

    if (level < errorLevel) return;
    const error = given?.[errorKey];
    const logged = scopeOf(logger)?.unit.logged;
    if (logged && isError(error)) logged.error ??= error;
    if (!this.options.onError) return;
    const { [errorKey]: _, ...others } = placed?.fields ?? {};
    const message = messageOf(call, messageKey, errorKey);
    this.options.onError(loggedError(level, message, error, parts, others));
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
  private standIn(logger: Logger, symbols: PinoSymbols): PinoState {
    const known = this.standIns.get(logger);
    if (known) return known;
    const made = Object.create(logger) as PinoState;
    made[symbols.serializers] = {};
    made[symbols.mixin] = undefined;
    made[symbols.formatters] = { ...(made[symbols.formatters] as object), log: undefined };
    this.standIns.set(logger, made);
    return made;
  }

  /** The call's fields beside ours: one of our names is displaced, and a field known already is hidden by the call's. */
  private place(fields: Record<string, unknown>, parts: LineParts, messageKey: string | undefined): PlacedFields {
    const placed: Record<string, unknown> = {};
    const hidden = new Set<string>();
    for (const [key, value] of Object.entries(fields)) {
      if (value === undefined) continue;
      const ours = parts.ours(key);
      // What OpenTelemetry's instrumentation mixes in says the same as the context: once is enough.
      if (ours !== undefined && ours === toText(value)) continue;
      // Pino looks each key up in plain objects, and takes what it finds under `__proto__` for a function.
      const isTaken = ours !== undefined || key === messageKey || key === '__proto__' || this.always.has(key);
      const name = isTaken ? displacedName(key) : key;
      if (isTaken || parts.hasField(name)) hidden.add(name);
      placed[name] = value;
    }
    return { fields: placed, hidden };
  }
}

interface ReservedNames {
  readonly inBindings: ReadonlySet<string>;
  readonly inScope: ScopeFieldsOptions;
}

interface PlacedFields {
  readonly fields: Record<string, unknown>;
  /** Names of bindings and context fields that the call gives anew. */
  readonly hidden: ReadonlySet<string>;
}

/** The scope of the running work; for a logger made for one request, that request's wherever it is called from. */
function scopeOf(logger: Logger): ContextScope | undefined {
  const current = currentScope();
  const bound = (logger as unknown as Record<symbol, ContextScope | undefined>)[boundScope];
  return bound && bound.unit !== current?.unit ? bound : current;
}
