import type { IncomingMessage, ServerResponse } from 'node:http';
import { getContext, injectContext, runWithContext, setUser } from '@throughline/core';
import { createRequestObserver } from '@throughline/core/adapter';
import { context, ROOT_CONTEXT, trace, TraceFlags } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { sentryExporter, type SentrySdk } from '@throughline/core/exporters/sentry';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { listen } from '../contract/listen.js';
import { type Service, start } from '../contract/start.js';
import { record, type Recorder } from '../log/recorder.js';

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

  it('a line in a span that is not recorded has its ids, and flags that say so', () => {
    const recorder = record();
    const unsampled = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: TraceFlags.NONE };
    context.with(trace.setSpanContext(context.active(), unsampled), () => recorder.observability.logger.info('in'));
    expect(recorder.last).toMatchObject({ trace_id: 'a'.repeat(32), span_id: 'b'.repeat(16), trace_flags: '00' });
  });

  it('a line written where the span is lost has the ids of the one that the request came in', async () => {
    const seen: unknown[] = [];
    const service: Service = await start({
      name: 'node',
      listen(observability) {
        const framework = { route: () => undefined, user: () => undefined };
        const observe = createRequestObserver(framework, { observability }, () => observability);
        const handle = (req: IncomingMessage, res: ServerResponse): void => {
          req.resume().on('end', () => {
            seen.push(trace.getActiveSpan());
            service.log.info('read');
            res.end();
          });
        };
        return listen((req, res) =>
          tracer.startActiveSpan('server', (span) => {
            seen.push(span.spanContext().spanId);
            observe(req, res, req, () => handle(req, res));
          }),
        );
      },
    });
    await service.send({ path: '/', method: 'POST', body: 'a', headers: { traceparent: inbound } });
    const { lines } = await service.finish();
    const [spanId, lost] = seen;
    expect(lost).toBeUndefined();
    expect(lines).toMatchObject([
      { msg: 'read', span_id: spanId },
      { msg: 'request completed', span_id: spanId },
    ]);
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

describe('with an older OpenTelemetry API beside ours', () => {
  it('a line has the ids of the active span', () => {
    const key = Symbol.for('opentelemetry.js.api.1');
    const known = globalThis as Record<symbol, unknown>;
    const [before, manager] = [known[key], new AsyncLocalStorageContextManager().enable()];
    known[key] = { version: '1.4.0', context: manager };
    onTestFinished(() => void (known[key] = before));
    const recorder = record();
    const span = tracer.startSpan('old');
    manager.with(trace.setSpan(ROOT_CONTEXT, span), () => recorder.observability.logger.info('in'));
    expect(recorder.last).toMatchObject({ trace_id: span.spanContext().traceId, span_id: span.spanContext().spanId });
  });
});

describe('with a Sentry SDK that is handed in', () => {
  const methods = { isInitialized: () => true, isEnabled: () => true, flush: async () => true };
  const captures = { captureException: () => '', captureMessage: () => '' };
  const span = { spanContext: () => ({ traceId: 'c'.repeat(32), spanId: 'd'.repeat(16), traceFlags: 1 }) };

  function handIn(getActiveSpan: NonNullable<SentrySdk['getActiveSpan']>): Recorder {
    return record({ exporters: [sentryExporter({ sdk: { ...methods, ...captures, getActiveSpan } })] });
  }

  it('a line has the ids of its active span until the observability is closed, and setUser puts user.id on it', async () => {
    const attributes: Record<string, string> = {};
    const setAttribute = (name: string, value: string): void => void (attributes[name] = value);
    const recorder = handIn(() => ({ ...span, setAttribute }));
    const { logger } = recorder.observability;
    runWithContext({ traceparent: inbound }, () => (setUser({ id: 42 }), logger.info('in')));
    expect(recorder.last).toMatchObject({ trace_id: 'c'.repeat(32), span_id: 'd'.repeat(16), trace_flags: '01' });
    expect(attributes).toEqual({ 'user.id': '42' });
    await recorder.observability.close();
    logger.info('later');
    expect(recorder.last).not.toHaveProperty('trace_id');
  });

  it('a line is written when its tracer throws', async () => {
    const recorder = handIn(() => {
      throw new Error('not ready');
    });
    recorder.observability.logger.info('in');
    expect(recorder.lines).toMatchObject([{ msg: 'in' }]);
    await recorder.observability.close();
  });
});
