/** Tracing: OpenTelemetry's automatic instrumentation, its spans made and batched, and then thrown away. */
import { createRequire, register } from 'node:module';
import { context, propagation, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { registerInstrumentations } from '@opentelemetry/instrumentation';
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http';
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';

const exporter = {
  export: (_spans, done) => done({ code: 0 }),
  forceFlush: () => Promise.resolve(),
  shutdown: () => Promise.resolve(),
};

/** Instruments Node's http and what is given; to be called before a framework is imported. */
export function startTracing(...instrumentations) {
  register('@opentelemetry/instrumentation/hook.mjs', import.meta.url);
  const provider = new TracerProvider({ spanProcessors: [new BatchSpanProcessor({ exporter })] });
  trace.setGlobalTracerProvider(provider);
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  registerInstrumentations({ instrumentations: [new HttpInstrumentation(), ...instrumentations] });
  // The subject has imported it before; it is patched when it is asked for again.
  createRequire(import.meta.url)('node:http');
}

/** For a pino: the trace on its lines. */
export const traceMixin = () => ({ trace_id: trace.getActiveSpan()?.spanContext().traceId });
