/** Traceparent: the W3C header that says which trace a request belongs to. */

export interface TraceContext {
  /** 32 lower-case hex digits. */
  readonly traceId: string;
  /** 16 lower-case hex digits. */
  readonly spanId: string;
  /** Two lower-case hex digits; `01` is sampled. */
  readonly traceFlags: string;
}

/** https://www.w3.org/TR/trace-context/#traceparent-header */
const pattern = /^([\da-f]{2})-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})(-.*)?$/;

/** Reads the header; `undefined` when it is absent or breaks a rule of the standard. */
export function parseTraceparent(header: unknown): TraceContext | undefined {
  if (typeof header !== 'string') return undefined;
  const [, version, traceId, spanId, traceFlags, rest] = pattern.exec(header) ?? [];
  if (!traceId || !spanId || !traceFlags) return undefined;
  if (version === 'ff' || (version === '00' && rest !== undefined)) return undefined;
  return areIds(traceId, spanId) ? { traceId, spanId, traceFlags } : undefined;
}

/** Whether these are the ids of a trace and a span in it: all zeros are those of none. */
export function areIds(traceId: string, spanId: string): boolean {
  return traceIdPattern.test(traceId) && spanIdPattern.test(spanId);
}

const traceIdPattern = /^(?!0+$)[\da-f]{32}$/;
const spanIdPattern = /^(?!0+$)[\da-f]{16}$/;

/** Printable ASCII, as long as every vendor has to take it: https://www.w3.org/TR/trace-context/#tracestate-limits */
const statePattern = /^[\x20-\x7e]{1,512}$/;

/** Reads what goes beside a `traceparent`; `undefined` for what could not be sent on in a header. */
export function parseTracestate(header: unknown): string | undefined {
  return typeof header === 'string' && statePattern.test(header) ? header : undefined;
}

export function formatTraceparent({ traceId, spanId, traceFlags }: TraceContext): string {
  return `00-${traceId}-${spanId}-${traceFlags}`;
}
