import { getContext, injectContext, runWithContext, setUser } from '@throughline/core';
import { context, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { record } from '../log/recorder.js';

const exporter = new InMemorySpanExporter();
const provider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] });
const tracer = provider.getTracer('test');
const inbound = '00-5b8efff798038103d269b633813fc60c-eee19b7ec3c1b174-01';

beforeAll(() => void context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable()));
afterAll(() => context.disable());

describe('with a real OpenTelemetry SDK', () => {
  it('a line has the ids of the active span, also of a nested one, instead of the inbound ones', () => {
    const recorder = record();
    const log = recorder.observability.logger;
    const ids = runWithContext({ traceparent: inbound }, () =>
      tracer.startActiveSpan('outer', (outer) =>
        tracer.startActiveSpan('inner', (inner) => {
          log.info('in');
          expect(getContext()?.spanId).toBe(inner.spanContext().spanId);
          return { outer: outer.spanContext(), inner: inner.spanContext() };
        }),
      ),
    );
    expect(recorder.last).toMatchObject({ trace_id: ids.inner.traceId, span_id: ids.inner.spanId, trace_flags: '01' });
    expect(ids.inner.traceId).toBe(ids.outer.traceId);
  });

  it('a line outside of any context has the ids of the active span', () => {
    const recorder = record();
    tracer.startActiveSpan('alone', () => recorder.observability.logger.info('in'));
    expect(recorder.last['trace_id']).toMatch(/^[\da-f]{32}$/);
  });

  it('a line without a span has no trace ids rather than zeros', () => {
    const recorder = record();
    runWithContext({}, () => recorder.observability.logger.info('in'));
    expect(recorder.last).not.toHaveProperty('trace_id');
  });

  it('setUser puts user.id on the active span', () => {
    exporter.reset();
    runWithContext({}, () =>
      tracer.startActiveSpan('server', (span) => {
        setUser({ id: 42 });
        span.end();
      }),
    );
    expect(exporter.getFinishedSpans()[0]?.attributes).toEqual({ 'user.id': '42' });
  });

  it('an outgoing call carries the active span', () => {
    const headers = runWithContext({ requestId: 'r-1', traceparent: inbound, tracestate: 'old=1' }, () =>
      tracer.startActiveSpan('client', (span) => ({ sent: injectContext({}), span: span.spanContext() })),
    );
    expect(headers.sent).toEqual({
      'x-request-id': 'r-1',
      traceparent: `00-${headers.span.traceId}-${headers.span.spanId}-01`,
    });
    expect(trace.getActiveSpan()).toBeUndefined();
  });
});
