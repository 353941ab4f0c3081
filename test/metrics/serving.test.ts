/** Serving: what a scraper gets, whoever it is and whatever it asks for. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { createObservability, getRequestId } from '@throughline/core';
import { createMetricsEndpoint } from '@throughline/core/metrics';
import { Counter, Gauge, Registry } from 'prom-client';
import { describe, expect, it, onTestFinished } from 'vitest';
import { send } from '../contract/client.js';
import { listen } from '../contract/listen.js';
import { requestSeries, scrape, type Series, seriesIn } from '../contract/scrape.js';
import { startMetered } from './metered.js';

const plain = 'text/plain; version=0.0.4; charset=utf-8';
const openMetrics = 'application/openmetrics-text; version=1.0.0; charset=utf-8';

describe('a scrape', () => {
  it.each([
    ['', plain],
    ['*/*', plain],
    ['text/html,application/xhtml+xml,*/*;q=0.8', plain],
    ['application/json', plain],
    ['nonsense;;;q=x', plain],
    // Prometheus 2, and 3 with its escaping schemes.
    [
      'application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1',
      openMetrics,
    ],
    [
      'application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,text/plain;version=0.0.4;q=0.3,*/*;q=0.2',
      openMetrics,
    ],
    ['text/plain;version=0.0.4;q=0.9,application/openmetrics-text;version=1.0.0;q=0.4', plain],
    ['application/openmetrics-text;q=0', plain],
    ['application/openmetrics-text;q=0.4,*/*;q=0.9', plain],
    ['application/openmetrics-text;q=0.4,text/plain;q=0.1,*/*;q=0.9', openMetrics],
    // Prometheus with native histograms: what is not served is passed over.
    [
      'application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;q=0.7,application/openmetrics-text;version=1.0.0;q=0.6,text/plain;version=0.0.4;q=0.3,*/*;q=0.2',
      openMetrics,
    ],
  ])('that accepts %j gets %s', async (accept, type) => {
    const service = await startMetered();
    const { status, headers, body } = await service.send({ path: '/metrics', headers: { accept } });
    expect({ status, type: headers['content-type'] }).toEqual({ status: 200, type });
    expect(headers['cache-control']).toBe('no-store');
    expect(body.endsWith('# EOF\n')).toBe(type === openMetrics);
  });

  it('is compressed when the scraper takes it, and only then', async () => {
    const service = await startMetered();
    await service.send('/orders');
    const path = '/metrics';
    const chunks: Buffer[] = [];
    const { get } = await import('node:http');
    const request = get({ port: service.port, path, headers: { 'accept-encoding': 'gzip, deflate' }, agent: false });
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    for await (const chunk of response) chunks.push(chunk as Buffer);
    expect(response.headers['content-encoding']).toBe('gzip');
    expect(gunzipSync(Buffer.concat(chunks)).toString()).toContain('http_requests_total');
    const refusing = await service.send({ path, headers: { 'accept-encoding': 'gzip;q=0' } });
    expect(refusing.headers['content-encoding']).toBeUndefined();
    expect(refusing.body).toContain('http_requests_total');
  });

  it('has no body when it is asked for with HEAD, and is refused for other methods', async () => {
    const service = await startMetered();
    expect(await service.send({ method: 'HEAD', path: '/metrics' })).toMatchObject({ status: 200, body: '' });
    const { status, headers } = await service.send({ method: 'POST', path: '/metrics' });
    expect({ status, allow: headers['allow'] }).toEqual({ status: 405, allow: 'GET, HEAD' });
  });

  it('tells two scrapers the same, whoever comes first', async () => {
    const service = await startMetered();
    await service.send('/orders');
    await service.idle();
    await scrape(service, 'nodejs_eventloop');
    const [first, second] = [await scrape(service), await scrape(service)];
    const both = await Promise.all([scrape(service), scrape(service)]);
    for (const series of [second, ...both]) expect(settled(series)).toEqual(settled(first));
    expect(first['nodejs_eventloop_lag_p99_seconds']).toBeGreaterThan(0);
  });

  it('has what the application measures itself, and the labels of its registry', async () => {
    const service = await startMetered();
    service.registry.setDefaultLabels({ region: 'eu' });
    new Counter({ name: 'orders_total', help: 'Orders.', labelNames: ['kind'], registers: [service.registry] }).inc(
      { kind: 'a"b\\c\nd' },
      2,
    );
    expect((await scrape(service, 'orders_total'))['orders_total{kind="a\\"b\\\\c\\nd",region="eu"}']).toBe(2);
  });

  it("has OpenMetrics' ending on every counter, whatever the application called it", async () => {
    const service = await startMetered();
    new Counter({ name: 'visits', help: 'Visits.', registers: [service.registry] }).inc(3);
    const { body } = await service.send({ path: '/metrics', headers: { accept: openMetrics } });
    expect(body).toContain('# TYPE visits counter\nvisits_total 3\n');
    expect(await scrape(service, 'visits')).toEqual({ visits: 3 });
  });

  it('runs the health checks outside the context of the request that asks', async () => {
    const service = await startMetered();
    const seen: unknown[] = [];
    service.observability.health.register('db', () => void seen.push(getRequestId()));
    await service.send({ path: '/metrics', headers: { 'x-request-id': 'demo-1' } });
    expect(seen).toEqual([undefined]);
  });

  it('tells once that nobody observes requests, where requestContext() is not mounted before it', async () => {
    const said: string[] = [];
    const destination = { write: (line: string) => void said.push(line) };
    const observability = createObservability({ isolated: true, exporters: [], log: { destination } });
    const endpoint = createMetricsEndpoint({ observability, registry: new Registry() }, () => observability);
    const { server, close } = await listen((req, res) => endpoint(req, res, req.url ?? ''));
    const { port } = server.address() as AddressInfo;
    for (let at = 0; at < 2; at++) expect(await send(port, { path: '/metrics' })).toMatchObject({ status: 200 });
    await close();
    expect(said).toHaveLength(1);
    expect(said[0]).toContain('mount requestContext() before it');
  });

  it('goes without a metric that cannot be read, and says so once', async () => {
    const service = await startMetered();
    const collect = (): never => {
      throw new Error('no connection');
    };
    new Gauge({ name: 'pool_size', help: 'Size.', registers: [service.registry], collect });
    new Gauge({ name: 'after_it', help: 'Later.', registers: [service.registry] }).set(7);
    for (let at = 0; at < 3; at++) expect(await scrape(service, 'after_it')).toEqual({ after_it: 7 });
    expect(Object.keys(await scrape(service, 'pool_size'))).toEqual([]);
    const { lines } = await service.finish();
    expect(lines.filter(({ msg }) => msg.includes('pool_size'))).toHaveLength(1);
  });

  it('gives the trace of a request as exemplar, to who reads OpenMetrics', async () => {
    const service = await startMetered();
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    await service.send({ path: '/orders/7', headers: { traceparent } });
    await service.send({ path: '/users', headers: { traceparent: traceparent.replace(/1$/, '0') } });
    await service.idle();
    const { body } = await service.send({ path: '/metrics', headers: { accept: openMetrics } });
    const exemplars = body.split('\n').filter((line) => line.includes(' # {'));
    expect(exemplars).toHaveLength(1);
    expect(exemplars[0]).toMatch(
      /^http_request_duration_seconds_bucket\{.*route="\/orders".*\} 1 # \{trace_id="0af7651916cd43dd8448eb211c80319c",span_id="b7ad6b7169203331"\} [\d.e-]+ \d+/,
    );
    expect(body).toMatch(/^# TYPE http_requests counter$/m);
    expect(body).toMatch(/^http_requests_total\{/m);
    expect((await service.send('/metrics')).body).not.toContain(' # {');
  });

  it('that somebody else answers in the meantime breaks nothing', async () => {
    const observability = createObservability({ isolated: true, exporters: [], log: { level: 'silent' } });
    onTestFinished(() => observability.close());
    const endpoint = createMetricsEndpoint({ observability, registry: new Registry() }, () => observability);
    const { server, close } = await listen((req, res) => {
      endpoint(req, res, '/metrics');
      res.writeHead(503).end('too slow');
    });
    onTestFinished(close);
    const { port } = server.address() as AddressInfo;
    for (let at = 0; at < 2; at++)
      expect(await send(port, { path: '/metrics' })).toMatchObject({ status: 503, body: 'too slow' });
  });

  it("reads the same through prom-client's own registry.metrics()", async () => {
    const service = await startMetered();
    for (const path of ['/orders/1', '/orders/2', '/users']) await service.send(path);
    await service.idle();
    const ours = await scrape(service, 'http_');
    const theirs = seriesIn(await service.registry.metrics(), 'http_');
    expect(new Set(Object.keys(theirs).map(sorted))).toEqual(new Set(Object.keys(ours).map(sorted)));
    expect(ours[requestSeries('http_requests_total', 'GET', '/orders', 200)]).toBe(2);
  });

  it('holds up nothing for 20 ms while it writes 34,000 lines', async () => {
    const service = await startMetered();
    const [tell] = service.observability.tally.listeners;
    for (let route = 0; route < 1990; route++) tell?.('GET', `/orders/${route}`, 200, route, undefined);
    const gaps: number[] = [];
    for (let run = 0; run < 3; run++) {
      const script = `fetch('http://127.0.0.1:${service.port}/metrics').then((answer) => answer.text()).then((text) => console.log(text.split('\\n').length))`;
      const scraper = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
      const closed = once(scraper, 'close');
      let longest = 0;
      let before = process.cpuUsage();
      let isOver = false;
      void closed.then(() => (isOver = true));
      let text = '';
      scraper.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
      while (!isOver) {
        await new Promise((resolve) => setImmediate(resolve));
        // Time of the processor, because the machine may have other things to do as well.
        const { user, system } = process.cpuUsage(before);
        longest = Math.max(longest, (user + system) / 1000);
        before = process.cpuUsage();
      }
      expect(Number(text)).toBeGreaterThan(34_000);
      gaps.push(longest);
    }
    expect(Math.min(...gaps)).toBeLessThan(20);
  });
});

/** What no scrape changes; the lines of the log have one for each scrape, at debug. */
function settled(series: Series): Series {
  const kept = /^(http_|health_|throughline_|nodejs_eventloop|app_info)/;
  return Object.fromEntries(Object.entries(series).filter(([name]) => kept.test(name)));
}

/** Labels in the order of their names, as the order is each library's own. */
function sorted(series: string): string {
  return series.replace(
    /\{(.*)\}/,
    (_, labels: string) =>
      `{${labels
        .split(/,(?=\w+=")/)
        .toSorted()
        .join()}}`,
  );
}
