/** Line: one log call made into one line, with the context on it, each key once, without secrets. */
import type { LogFn, Logger } from 'pino';
import { currentScope } from '../context/current.js';
import { activeTrace, type ContextScope } from '../context/request-context.js';
import type { TraceContext } from '../context/traceparent.js';
import type { Redactor } from '../internal/redact.js';
import { type LogCall, messageOf, readCall } from './call.js';
import { displace, displacedName, type FieldTexts, joinTexts, toText } from './field-texts.js';
import { LoggerBindings, redactFields } from './logger-bindings.js';
import { type PinoSymbols, pinoSymbols } from './pino-symbols.js';
import { ScopeFields, type ScopeFieldsOptions } from './scope-fields.js';

/** What is told of a line at `error` or above, beside writing it. */
export interface LoggedError {
  readonly level: 'error' | 'fatal';
  /** Milliseconds since the epoch. */
  readonly timeMs: number;
  readonly message: string;
  readonly logger?: string;
  /** The value that was logged as the error, untouched. */
  readonly error?: unknown;
  /** All other fields of the line, context included, without secrets. */
  readonly fields: Readonly<Record<string, unknown>>;
}

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

const traceKeys = ['trace_id', 'span_id', 'trace_flags'];
const errorLevel = 50;
const fatalLevel = 60;

/** Under this a logger keeps the scope it was made for, as `req.log` does. */
export const boundScope: unique symbol = Symbol('throughline.scope');

/** What the parts of one line have in common. */
interface LineParts {
  readonly bindings: LoggerBindings;
  readonly scope: ScopeFields | undefined;
  readonly trace: TraceContext | undefined;
}

export class LineWriter {
  private readonly ours: ReadonlySet<string>;
  private readonly scopeOptions: ScopeFieldsOptions;
  private readonly baseText: string;
  private readonly bindings = new WeakMap<Logger, LoggerBindings>();
  private readonly stand = new WeakMap<Logger, Record<symbol, unknown>>();

  constructor(private readonly options: LineOptions) {
    const { base, redactor, userFields } = options;
    this.ours = new Set(['level', 'time', 'msg', ...base.keys()]);
    this.scopeOptions = { redactor, userFields, ours: new Set([...this.ours, 'logger', ...traceKeys]) };
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
    this.options.onError?.(describe(errorLevel, message, error, this.partsOf(logger), cleaned));
  }

  private compose(logger: Logger, args: readonly unknown[], method: LogFn, level: number): void {
    const symbols = pinoSymbols(logger);
    const state = logger as unknown as Record<symbol, unknown>;
    const errorKey = state[symbols.errorKey] as string;
    const call = readCall(args, errorKey);
    const parts = this.partsOf(logger);
    const mixed = mixIn(logger, state, symbols, call, level);
    const cleaned =
      mixed && redactFields(serialize(mixed, state[symbols.serializers] as Serializers), this.options.redactor);
    const messageKey = state[symbols.messageKey] as string;
    const placed = cleaned && this.place(cleaned, parts, call.message === undefined ? undefined : messageKey);

    const line = this.standIn(logger, symbols);
    line[symbols.chindings] = this.prefix(parts, placed?.hidden);
    const send = method as (this: unknown, ...args: unknown[]) => void;
    if (placed) send.call(line, placed.fields, call.message, ...call.params);
    else send.call(line, call.message, ...call.params);

    if (level >= errorLevel && this.options.onError) {
      const message = messageOf(call, messageKey, errorKey);
      this.options.onError(describe(level, message, mixed?.[errorKey], parts, { ...cleaned, [errorKey]: undefined }));
    }
  }

  private partsOf(logger: Logger): LineParts {
    const scope = scopeOf(logger);
    return {
      bindings: this.bindingsOf(logger),
      scope: scope && ScopeFields.of(scope, this.scopeOptions),
      trace: scope ? scope.trace : activeTrace(),
    };
  }

  private bindingsOf(logger: Logger): LoggerBindings {
    const known = this.bindings.get(logger);
    if (known?.isCurrent(logger)) return known;
    const read = LoggerBindings.of(logger, this.options.redactor, this.ours);
    this.bindings.set(logger, read);
    return read;
  }

  /**
   * A logger like the given one, whose bindings are set anew for each line. Pino reads them before it calls anything
   * of the user's, so one stand-in serves all lines. What was done here is not done by pino a second time.
   */
  private standIn(logger: Logger, symbols: PinoSymbols): Record<symbol, unknown> {
    const known = this.stand.get(logger);
    if (known) return known;
    const made = Object.create(logger) as Record<symbol, unknown>;
    made[symbols.serializers] = {};
    made[symbols.mixin] = undefined;
    this.stand.set(logger, made);
    return made;
  }

  /** The call's fields beside ours: one of our names is displaced, and a field known already is hidden by the call's. */
  private place(
    fields: Record<string, unknown>,
    parts: LineParts,
    messageKey: string | undefined,
  ): { fields: Record<string, unknown>; hidden: Set<string> | undefined } {
    const hidden = new Set<string>();
    const placed: Record<string, unknown> = {};
    for (const key of Object.keys(fields)) {
      const value = fields[key];
      if (value === undefined) continue;
      const ours = this.isOurs(key, parts) || key === messageKey;
      if (ours && toText(value) === ourText(key, parts)) continue;
      const name = ours ? displacedName(key) : key;
      if (parts.bindings.texts.has(name) || parts.scope?.fields.has(name)) hidden.add(name);
      placed[name] = value;
    }
    return { fields: placed, hidden: hidden.size > 0 ? hidden : undefined };
  }

  private isOurs(key: string, { bindings, scope, trace }: LineParts): boolean {
    if (key === 'msg') return false;
    if (this.ours.has(key)) return true;
    if (key === 'logger') return bindings.texts.has('logger');
    return scope?.identity.has(key) === true || (trace !== undefined && traceKeys.includes(key));
  }

  private prefix(parts: LineParts, hidden: ReadonlySet<string> | undefined): string {
    const { bindings, scope, trace } = parts;
    if (hidden || (bindings.hasFields && meets(bindings, scope)))
      return this.baseText + joinTexts(merge(parts, hidden));
    return this.baseText + bindings.joined + (scope?.joined ?? '') + (trace ? joinTexts(traceTexts(trace)) : '');
  }
}

/** The scope of the running work; for a logger made for one request, that request's wherever it is called from. */
function scopeOf(logger: Logger): ContextScope | undefined {
  const current = currentScope();
  const bound = (logger as unknown as Record<symbol, ContextScope | undefined>)[boundScope];
  return bound && bound.unit !== current?.unit ? bound : current;
}

type Serializers = Record<string, ((value: unknown) => unknown) | undefined>;

function serialize(fields: Readonly<Record<string, unknown>>, serializers: Serializers): object {
  let serialized: Record<string, unknown> | undefined;
  for (const key in serializers) {
    const serializer = serializers[key];
    if (!serializer || !Object.hasOwn(fields, key)) continue;
    serialized ??= { ...fields };
    serialized[key] = serializer(fields[key]);
  }
  return serialized ?? fields;
}

/** The call's fields with those of the logger's `mixin`, merged as pino would. */
function mixIn(
  logger: Logger,
  state: Record<symbol, unknown>,
  symbols: PinoSymbols,
  { fields }: LogCall,
  level: number,
): Readonly<Record<string, unknown>> | undefined {
  const mixin = state[symbols.mixin] as ((fields: object, level: number, logger: Logger) => object) | undefined;
  if (!mixin) return fields;
  const own = fields ?? {};
  const merge = state[symbols.mixinMergeStrategy] as ((own: object, mixed: object) => object) | undefined;
  const mixed = mixin(own, level, logger);
  return (merge ? merge(own, mixed) : { ...mixed, ...own }) as Record<string, unknown>;
}

function traceTexts({ traceId, spanId, traceFlags }: TraceContext): Map<string, string> {
  return new Map([
    ['trace_id', `"${traceId}"`],
    ['span_id', `"${spanId}"`],
    ['trace_flags', `"${traceFlags}"`],
  ]);
}

/** The text our field of this name has on the line, as far as the context gives it. */
function ourText(key: string, { scope, trace }: LineParts): string | undefined {
  return scope?.identity.get(key) ?? (trace && traceTexts(trace).get(key));
}

function meets(bindings: LoggerBindings, scope: ScopeFields | undefined): boolean {
  for (const key of bindings.texts.keys()) {
    if (traceKeys.includes(key) || scope?.identity.has(key) || scope?.fields.has(key)) return true;
  }
  return false;
}

/** Bindings and context where they share names: ours stay, the logger's fields stand before the request's. */
function merge({ bindings, scope, trace }: LineParts, hidden: ReadonlySet<string> | undefined): FieldTexts {
  const ours = new Map([...(scope?.identity ?? []), ...(trace ? traceTexts(trace) : [])]);
  const theirs = new Map([...(scope?.fields ?? []), ...displace(bindings.texts, ours)]);
  for (const key of hidden ?? []) theirs.delete(key);
  return new Map([...theirs, ...ours]);
}

function describe(
  level: number,
  message: string,
  error: unknown,
  { bindings, scope, trace }: LineParts,
  fields: Record<string, unknown>,
): LoggedError {
  const { logger, ...bound } = bindings.values;
  const known = merge({ bindings, scope, trace }, undefined);
  const context = Object.fromEntries([...known].map(([key, text]) => [key, JSON.parse(text) as unknown]));
  return {
    level: level >= fatalLevel ? 'fatal' : 'error',
    timeMs: Date.now(),
    message,
    ...(typeof logger === 'string' && { logger }),
    ...(error !== undefined && { error }),
    fields: { ...bound, ...context, ...fields },
  };
}
