/** Leaving the trace: the span of a request that nobody should trace is not exported, although it has begun. */
import { activeSpan } from '../context/active-span.js';

/** https://www.w3.org/TR/trace-context/#sampled-flag */
const sampledFlag = 0x01;

/**
 * Takes back that the active span is sampled. Span processors look at that when a span ends, and spans that begin below it
 * take it over: https://opentelemetry.io/docs/specs/otel/trace/sdk/#sampling
 */
export function leaveTrace(): void {
  const active = activeSpan()?.spanContext();
  // Unlike an assignment this does not throw where a tracer lets nobody change it: Datadog's has a getter.
  if (active) Reflect.set(active, 'traceFlags', active.traceFlags & ~sampledFlag);
}
