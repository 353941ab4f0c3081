/** Line parts: what a line carries beside the fields of its own call: bindings, context and trace ids. */
import type { TraceContext } from '../context/traceparent.js';
import { displace, type FieldTexts, joinTexts, noTexts } from './field-texts.js';
import type { LoggerBindings } from './logger-bindings.js';
import type { ScopeFields } from './scope-fields.js';

/** Names of the trace's ids: https://opentelemetry.io/docs/specs/otel/compatibility/logging_trace_context/ */
export const traceKeys: readonly string[] = ['trace_id', 'span_id', 'trace_flags'];

const loggerName: ReadonlySet<string> = new Set(['logger']);

export class LineParts {
  private textsOfTrace: FieldTexts | undefined = undefined;

  constructor(
    readonly bindings: LoggerBindings,
    readonly scope: ScopeFields | undefined,
    private readonly traceContext: TraceContext | undefined,
  ) {}

  /** The text of the field that is ours under this name; `undefined` when there is none. */
  ours(key: string): string | undefined {
    return (
      this.scope?.identityText(key) ??
      this.trace.get(key) ??
      (key === 'logger' ? this.bindings.texts.get(key) : undefined)
    );
  }

  /** Whether the user gave a field of this name to the logger or to the context. */
  hasField(name: string): boolean {
    return (this.bindings.hasFields && this.bindings.texts.has(name)) || this.scope?.fields.has(name) === true;
  }

  /** The parts as pino keeps bindings, without the fields that the call's own hide. */
  joined(hidden: ReadonlySet<string>): string {
    if (hidden.size > 0 || (this.bindings.hasFields && this.meet())) return joinTexts(this.merged(hidden));
    const joined = this.bindings.joined + (this.scope?.joined ?? '');
    return this.traceContext ? joined + joinTexts(this.trace) : joined;
  }

  /** The parts as values, without the name of the logger; `undefined` when there are none. */
  values(): Record<string, unknown> | undefined {
    const joined = this.bindings.hasFields
      ? joinTexts(this.merged(loggerName))
      : (this.scope?.joined ?? '') + joinTexts(this.trace);
    return joined === '' ? undefined : (JSON.parse(`{${joined.slice(1)}}`) as Record<string, unknown>);
  }

  /** Each name once: ours stay, and the logger's fields stand before the context's. */
  merged(hidden: ReadonlySet<string>): FieldTexts {
    const identity = this.scope?.identity ?? noTexts;
    const bindings = displace(this.bindings.texts, new Map([...identity, ...this.trace]));
    const fields = new Map(this.scope?.fields);
    for (const name of bindings.keys()) fields.delete(name);
    for (const name of hidden) void (bindings.delete(name) || fields.delete(name));
    return new Map([...bindings, ...identity, ...fields, ...this.trace]);
  }

  private get trace(): FieldTexts {
    this.textsOfTrace ??= this.traceContext ? traceTexts(this.traceContext) : noTexts;
    return this.textsOfTrace;
  }

  /** Whether bindings and context share a name. */
  private meet(): boolean {
    const { trace } = this;
    for (const key of this.bindings.texts.keys()) {
      if (trace.has(key) || this.scope?.identityText(key) !== undefined || this.scope?.fields.has(key)) return true;
    }
    return false;
  }
}

function traceTexts({ traceId, spanId, traceFlags }: TraceContext): FieldTexts {
  return new Map([
    ['trace_id', `"${traceId}"`],
    ['span_id', `"${spanId}"`],
    ['trace_flags', `"${traceFlags}"`],
  ]);
}
