/** Line: one log call made into one line, with the context on it, each key once, without secrets. */
import type { LogFn, Logger } from 'pino';
import { currentScope } from '../context/current.js';
import { activeTrace, type ContextScope } from '../context/request-context.js';
import type { Redactor } from '../internal/redact.js';
import { mixIn, type PinoState, serialize } from './call-fields.js';
import { messageOf, readCall, redactMessage } from './call.js';
import { displacedName, type FieldTexts, joinTexts, toText } from './field-texts.js';
import { LineParts, traceKeys } from './line-parts.js';
import { errorLevel, loggedError, type LoggedError } from './logged-error.js';
import { LoggerBindings, redactFields } from './logger-bindings.js';
import { type PinoSymbols, pinoSymbols } from './pino-symbols.js';
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
  /** Names that no binding can have: ours, and that of the message. */
  private readonly never: ReadonlySet<string>;
  private readonly scopeOptions: ScopeFieldsOptions;
  private readonly baseText: string;
  private readonly bindings = new WeakMap<Logger, LoggerBindings>();
  private readonly standIns = new WeakMap<Logger, PinoState>();

  constructor(private readonly options: LineOptions) {
    const { base, redactor, userFields } = options;
    this.always = new Set(['level', 'time', ...base.keys()]);
    this.never = new Set([...this.always, 'msg']);
    this.scopeOptions = { redactor, userFields, ours: new Set([...this.never, 'logger', ...traceKeys]) };
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
    const cleaned = redactFields(fields, this.options.redactor);
    this.options.onError?.(loggedError(errorLevel, message, error, this.partsOf(logger), cleaned));
  }

  private compose(logger: Logger, args: readonly unknown[], method: LogFn, level: number): void {
    const symbols = pinoSymbols(logger);
    const state = logger as unknown as PinoState;
    const errorKey = state[symbols.errorKey] as string;
    const messageKey = state[symbols.messageKey] as string;
    const call = redactMessage(readCall(args, errorKey), this.options.redactor);
    const given = mixIn(logger, symbols, call.fields, level);
    const fields = given && redactFields(serialize(logger, symbols, given), this.options.redactor);
    const parts = this.partsOf(logger);
    const placed = fields && this.place(fields, parts, call.message === undefined ? undefined : messageKey);

    const line = this.standIn(logger, symbols);
    line[symbols.chindings] = this.baseText + parts.joined(placed?.hidden ?? nothing);
    const send = method as (this: unknown, ...args: unknown[]) => void;
    if (placed) send.call(line, placed.fields, call.message, ...call.params);
    else send.call(line, call.message, ...call.params);

    if (level < errorLevel || !this.options.onError) return;
    const { [errorKey]: _, ...others } = placed?.fields ?? {};
    const message = messageOf(call, messageKey, errorKey);
    this.options.onError(loggedError(level, message, given?.[errorKey], parts, others));
  }

  private partsOf(logger: Logger): LineParts {
    const scope = scopeOf(logger);
    const scopeFields = scope && ScopeFields.of(scope, this.scopeOptions);
    return new LineParts(this.bindingsOf(logger), scopeFields, scope ? scope.trace : activeTrace());
  }

  private bindingsOf(logger: Logger): LoggerBindings {
    const known = this.bindings.get(logger);
    if (known?.isCurrent(logger)) return known;
    const read = LoggerBindings.of(logger, this.options.redactor, this.never);
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
      const isTaken = ours !== undefined || key === messageKey || this.always.has(key);
      const name = isTaken ? displacedName(key) : key;
      if (isTaken || parts.hasField(name)) hidden.add(name);
      placed[name] = value;
    }
    return { fields: placed, hidden };
  }
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
