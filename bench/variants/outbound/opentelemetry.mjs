/** OpenTelemetry's instrumentation of http: a span for each call, and `traceparent` among its headers. */
import { context, trace } from '@opentelemetry/api';
import { startTracing } from '../tracing.mjs';

export const start = () => startTracing();

const inbound = {
  traceId: '0af7651916cd43dd8448eb211c80319c',
  spanId: 'b7ad6b7169203331',
  traceFlags: 1,
  isRemote: true,
};

export const inRequest = (work) => context.with(trace.setSpanContext(context.active(), inbound), work);

export const headers = () => ({ accept: 'application/json' });
