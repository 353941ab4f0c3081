/** Suppressed tracing: our own requests make no spans, else every exported error would make one. */
import { context } from '@opentelemetry/api';

/** The key under which OpenTelemetry's instrumentations look; `createContextKey` of the SDK gives the same symbol. */
const suppressTracingKey = Symbol.for('OpenTelemetry SDK Context Key SUPPRESS_TRACING');

export function suppressTracing<T>(call: () => T): T {
  return context.with(context.active().setValue(suppressTracingKey, true), call);
}
