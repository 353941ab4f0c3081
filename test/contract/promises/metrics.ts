/** Metrics: every request is counted once, by what it was and never by what was written in its URL. */
import { once } from 'node:events';
import { type IncomingMessage, Server, type ServerResponse } from 'node:http';
import { context, type Tracer } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { Registry } from 'prom-client';
import { expect, it, onTestFinished } from 'vitest';
import { type Cell, get, post } from '../cell.js';
import { head, open, write } from '../client.js';
import { moment } from '../moment.js';
import { requestSeries, scrape, type Series } from '../scrape.js';
import { type Service, start } from '../start.js';

function metered(): { metrics: { registry: Registry } } {
  return { metrics: { registry: new Registry() } };
}

/** How often each series of requests should have been counted, as the access lines tell. */
function countsIn(access: readonly Readonly<Record<string, unknown>>[]): Series {
  const counts: Record<string, number> = {};
  for (const { method, route = 'unmatched', status } of access) {
    const name = requestSeries('http_requests_total', String(method), String(route), Number(status));
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

export function promiseMetrics(cell: Cell): void {
  it('counts every request once, by method, template and status, hang-ups as 499', async () => {
    const { reached, reach } = moment();
    const service: Service = await start(cell, {
      ...metered(),
      routes: [
        get('/orders/:id', () => ({ body: 'fine' })),
        post('/orders', () => ({ status: 422, body: 'no' })),
        get('/broken', () => {
          throw new Error('broken');
        }),
        get('/slow/:name', async ({ res }) => {
          reach();
          await once(res, 'close');
          return { body: 'nobody reads this' };
        }),
      ],
    });
    for (let id = 0; id < 7; id++) await service.send(`/orders/${id}?page=${id}`);
    for (let id = 0; id < 3; id++) await service.send({ method: 'HEAD', path: `/orders/${id}` });
    for (let at = 0; at < 2; at++) await service.send({ method: 'POST', path: '/orders' });
    await service.send('/broken');
    for (let at = 0; at < 4; at++) await service.send(`/nowhere/${at}`);
    const socket = await open(service.port);
    await write(socket, head('GET /slow/a'));
    await reached;
    socket.destroy();
    await ended(service, 'GET');

    const counted = await scrape(service, 'http_requests_total');
    const durations = await scrape(service, 'http_request_duration_seconds_count');
    const { access } = await service.finish();
    expect(counted).toEqual({
      [requestSeries('http_requests_total', 'GET', '/orders/:id', 200)]: 7,
      [requestSeries('http_requests_total', 'HEAD', '/orders/:id', 200)]: 3,
      [requestSeries('http_requests_total', 'POST', '/orders', 422)]: 2,
      [requestSeries('http_requests_total', 'GET', '/broken', 500)]: 1,
      [requestSeries('http_requests_total', 'GET', 'unmatched', 404)]: 4,
      [requestSeries('http_requests_total', 'GET', '/slow/:name', 499)]: 1,
    });
    expect(counted).toEqual(countsIn(access.filter(({ level }) => level !== 'debug')));
    expect(Object.values(durations)).toEqual(Object.values(counted));
  });

  it('has one route for all paths that nobody serves, and one method for all that are unusual', async () => {
    const service = await start(cell, { ...metered(), routes: [get('/orders/:id', () => ({ body: 'fine' }))] });
    for (let at = 0; at < 60; at++) await service.send(`/${at}.php/${Math.random()}`);
    for (const method of ['PROPFIND', 'MKCOL', 'LOCK', 'SEARCH']) await service.send({ method, path: '/orders/7' });
    const series = Object.keys(await scrape(service, 'http_requests_total'));
    expect(new Set(series.map((name) => /method="(\w+)",route="([^"]+)"/.exec(name)?.slice(1).join(' ')))).toEqual(
      new Set(['GET unmatched', '_OTHER unmatched']),
    );
  });

  it('keeps the template of a route that answers 404 itself', async () => {
    const service = await start(cell, {
      ...metered(),
      routes: [get('/orders/:id', () => ({ status: 404, body: 'none' }))],
    });
    await service.send('/orders/7');
    const { [requestSeries('http_requests_total', 'GET', '/orders/:id', 404)]: count } = await scrape(service);
    expect(count).toBe(1);
  });

  it('tells how many requests are in flight, without those that ask', async () => {
    const { reached, reach } = moment();
    const { reached: released, reach: release } = moment();
    const service: Service = await start(cell, {
      ...metered(),
      routes: [
        get('/slow', async () => {
          reach();
          await released;
          return { body: 'fine' };
        }),
      ],
    });
    const answer = service.send('/slow');
    await reached;
    await service.send('/health/live');
    expect(await scrape(service, 'http_requests_in_flight')).toEqual({ 'http_requests_in_flight{method="GET"}': 1 });
    release();
    await answer;
    await ended(service, 'GET');
    expect(await scrape(service, 'http_requests_in_flight')).toEqual({ 'http_requests_in_flight{method="GET"}': 0 });
  });

  it('leaves probes and scrapes out of the request metrics and the log', async () => {
    const service = await start(cell, metered());
    const before = await scrape(service, 'http_');
    for (const path of ['/health', '/health/live', '/health/ready', '/metrics', '/metrics/?x=1'])
      await service.send(path);
    expect(await scrape(service, 'http_')).toEqual(before);
    expect((await service.finish()).lines.filter(({ level }) => level !== 'debug')).toEqual([]);
  });

  it('leaves probes and scrapes out of the traces', async () => {
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    onTestFinished(() => context.disable());
    const exporter = new InMemorySpanExporter();
    const tracer = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] }).getTracer('http');
    traceRequests(tracer);
    const routes = [get('/orders', () => ({ body: 'fine' }))];
    const service = await start(cell, { ...metered(), routes });
    service.observability.health.register('db', () => tracer.startSpan('SELECT 1').end());
    for (const path of ['/health', '/metrics', '/orders', '/health/live']) await service.send(path);
    await service.finish();
    expect(exporter.getFinishedSpans().map(({ name }) => name)).toEqual(['/orders']);
  });

  it('answers 200 while the service is unhealthy, and tells so', async () => {
    const service = await start(cell, metered());
    service.observability.health.register('db', () => Promise.reject(new Error('down')));
    service.observability.health.register('cache', () => Promise.resolve());
    expect(await service.send('/health')).toMatchObject({ status: 503 });
    const down = { 'health_check_status{name="db"}': 0, 'health_check_status{name="cache"}': 1 };
    expect(await scrape(service, 'health_check_status')).toEqual(down);
    service.observability.health.drain();
    expect(await service.send('/health/ready')).toMatchObject({ status: 503 });
    expect(await scrape(service, 'health_check_status')).toEqual(down);
  });

  it('turns away what comes through a proxy', async () => {
    const service = await start(cell, metered());
    const answer = await service.send({ path: '/metrics', headers: { 'x-forwarded-for': '203.0.113.7' } });
    expect(answer).toMatchObject({ status: 403, body: expect.stringContaining('token') });
    expect(answer.body).not.toContain('http_requests');
  });

  it('counts the lines of the log by level', async () => {
    const service: Service = await start(cell, metered());
    service.log.warn('one');
    service.log.warn('two');
    service.log.error(new Error('broken'), 'three');
    expect(await scrape(service, 'log_lines_total{level="warn"}')).toEqual({ 'log_lines_total{level="warn"}': 2 });
    expect(await scrape(service, 'log_lines_total{level="error"}')).toEqual({ 'log_lines_total{level="error"}': 1 });
  });
}

/** Begins a span for each request, where OpenTelemetry's instrumentation of `node:http` does, until the test is over. */
function traceRequests(tracer: Tracer): void {
  // oxlint-disable-next-line unbound-method -- called with its server as `this` below
  const emit = Server.prototype.emit as (this: Server, event: string, ...args: unknown[]) => boolean;
  onTestFinished(() => void (Server.prototype.emit = emit));
  Server.prototype.emit = function emitInSpan(this: Server, event: string, ...args: unknown[]): boolean {
    if (event !== 'request') return emit.call(this, event, ...args);
    const [req, res] = args as [IncomingMessage, ServerResponse];
    return tracer.startActiveSpan(String(req.url), (span) => {
      res.once('close', () => span.end());
      return emit.call(this, event, ...args);
    });
  };
}

/** Waits until the service has seen the end of every request of this method. */
async function ended({ observability }: Service, method: string): Promise<void> {
  const isOver = (): boolean => observability.tally.inFlight.get(method)?.count === 0;
  while (!isOver()) await new Promise((resolve) => setImmediate(resolve));
}
