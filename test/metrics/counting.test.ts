/** Counting: what stands in the registry, and what can never stand there. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Registry as SuccessorRegistry } from '@prometheus-io/client';
import { createObservability } from '@throughline/core';
import { openobserveExporter } from '@throughline/core/exporters/openobserve';
import { createMetricsEndpoint, metricsCatalogue } from '@throughline/core/metrics';
import { AggregatorRegistry, collectDefaultMetrics, Counter, Registry, register } from 'prom-client';
import { describe, expect, it, onTestFinished } from 'vitest';
import { scrape } from '../contract/scrape.js';
import { freePort } from '../integration/free-port.js';
import { startMetered } from './metered.js';

/** An observability that tells nobody. */
function quiet(): ReturnType<typeof createObservability> {
  const observability = createObservability({ isolated: true, exporters: [], log: { level: 'silent' } });
  onTestFinished(() => observability.close());
  return observability;
}

describe('the label sets of the request metrics', () => {
  it('are never more than maxSeries; one series takes the others, and one warning tells of it', async () => {
    const service = await startMetered({ maxSeries: 5 });
    for (let at = 0; at < 30; at++) await service.send(`/route${at}`);
    await service.idle();
    const counts = await scrape(service, 'http_requests_total');
    expect(Object.keys(counts)).toHaveLength(6);
    expect(counts['http_requests_total{overflow="true"}']).toBe(25);
    expect(await scrape(service, 'http_request_duration_seconds_count{overflow')).toEqual({
      'http_request_duration_seconds_count{overflow="true"}': 25,
    });
    const metric = '{metric="http_request_duration_seconds"}';
    expect(await scrape(service, 'throughline_metric_')).toMatchObject({
      [`throughline_metric_series${metric}`]: 5,
      [`throughline_metric_overflowed_total${metric}`]: 25,
    });
    const { lines } = await service.finish();
    expect(lines.filter(({ msg }) => msg.includes('label sets'))).toMatchObject([{ level: 'warn' }]);
  });
});

describe('the duration of a request', () => {
  it('is counted in every bucket that is not below it', async () => {
    const service = await startMetered();
    const [tell] = service.observability.tally.listeners;
    for (const durationMs of [5, 5.1, 999, 10_000, 10_001]) tell?.('GET', '/x', 200, durationMs, undefined);
    const buckets = Object.entries(await scrape(service, 'http_request_duration_seconds_bucket'));
    const byBound = Object.fromEntries(buckets.map(([name, count]) => [/le="([^"]+)"/.exec(name)?.[1], count]));
    expect(byBound).toEqual({
      '0.005': 1,
      '0.01': 2,
      '0.025': 2,
      '0.05': 2,
      '0.075': 2,
      '0.1': 2,
      '0.25': 2,
      '0.5': 2,
      '0.75': 2,
      '1': 3,
      '2.5': 3,
      '5': 3,
      '7.5': 3,
      '10': 4,
      '+Inf': 5,
    });
    const [sum] = Object.values(await scrape(service, 'http_request_duration_seconds_sum'));
    expect(sum).toBeCloseTo(21.0101, 9);
  });
});

describe('health and exporters', () => {
  it('tell how often a check went down and came back', async () => {
    const service = await startMetered();
    let isUp = true;
    service.observability.health.register('db', () => (isUp ? Promise.resolve() : Promise.reject(new Error('down'))));
    for (const next of [false, true, false]) {
      await scrape(service);
      isUp = next;
    }
    await scrape(service);
    expect(await scrape(service, 'health_')).toEqual({
      'health_check_status{name="db"}': 0,
      'health_check_transitions_total{name="db",status="down"}': 2,
      'health_check_transitions_total{name="db",status="ok"}': 1,
    });
  });

  it('leave out a check as long as it is disabled', async () => {
    const service = await startMetered();
    let isWanted = true;
    service.observability.health.register('cache', { probe: () => {}, enabled: () => isWanted });
    expect(await scrape(service, 'health_check_status')).toEqual({ 'health_check_status{name="cache"}': 1 });
    isWanted = false;
    expect(await scrape(service, 'health_check_status')).toEqual({});
  });

  it('tell the account of each exporter and the state it is in', async () => {
    const port = await freePort();
    const exporters = [openobserveExporter({ url: `http://127.0.0.1:${port}`, key: 'a:b' })];
    const service = await startMetered({}, { exporters });
    service.log.error(new Error('one'));
    const [exporter = ''] = service.observability.status().exporters.map(({ name }) => name);
    const stateOf = (state: string): string => `throughline_exporter_state{exporter="${exporter}",state="${state}"}`;
    let account = await scrape(service, 'throughline_exporter_');
    while (account[stateOf('backing-off')] !== 1) account = await scrape(service, 'throughline_exporter_');
    const label = `{exporter="${exporter}"}`;
    expect(account).toEqual({
      [`throughline_exporter_offered_total${label}`]: 1,
      [`throughline_exporter_delivered_total${label}`]: 0,
      [`throughline_exporter_rejected_total${label}`]: 0,
      [`throughline_exporter_dropped_total${label}`]: 0,
      [`throughline_exporter_unconfirmed_total${label}`]: 0,
      [`throughline_exporter_queued${label}`]: 1,
      [`throughline_exporter_spooled${label}`]: 0,
      [stateOf('idle')]: 0,
      [stateOf('sending')]: 0,
      [stateOf('backing-off')]: 1,
      [stateOf('paused')]: 0,
      [stateOf('closed')]: 0,
    });
  });

  it('tell which release is running', async () => {
    const service = await startMetered();
    expect(await scrape(service, 'app_info')).toEqual({ 'app_info{service="cell",version="1.0.0",env="test"}': 1 });
  });
});

describe('a registry', () => {
  it('has the metrics of the catalogue once, however often it is asked for', async () => {
    const registry = new Registry();
    const [first, second] = [quiet(), quiet()];
    for (const observability of [first, first, second]) createMetricsEndpoint({ observability, registry }, quiet);
    for (const { tally } of [first, second]) for (const tell of tally.listeners) tell('GET', '/x', 200, 1, undefined);
    const names = new Set((await registry.getMetricsAsJSON()).map(({ name }) => name));
    expect(Object.values(metricsCatalogue).filter(({ name }) => !names.has(name))).toEqual([]);
    expect(await registry.metrics()).toMatch(/^http_requests_total\{.*\} 2$/m);
  });

  it('is the one that prom-client calls its own when none is given', async () => {
    const observability = quiet();
    createMetricsEndpoint({ observability }, quiet);
    expect(register.getSingleMetric('http_request_duration_seconds')).toBeDefined();
    register.clear();
  });

  it('is said to be one of two, once, when both libraries are installed and none is given', () => {
    const said: string[] = [];
    const destination = { write: (line: string) => void said.push(line) };
    const observability = createObservability({ isolated: true, exporters: [], log: { destination } });
    onTestFinished(() => observability.close());
    for (let at = 0; at < 2; at++) createMetricsEndpoint({ observability }, quiet);
    register.clear();
    expect(said).toHaveLength(1);
    expect(said[0]).toContain('prom-client and @prometheus-io/client are both installed');
  });

  it('whose own event-loop metrics were there before is read by two scrapers alike', async () => {
    const registry = new Registry();
    collectDefaultMetrics({ register: registry });
    const service = await startMetered({ registry });
    await scrape(service);
    const [first, second] = [
      await scrape(service, 'nodejs_eventloop_lag'),
      await scrape(service, 'nodejs_eventloop_lag'),
    ];
    expect(second).toEqual(first);
    expect(first['nodejs_eventloop_lag_p99_seconds']).toBeGreaterThan(0);
  });

  it("may be that of '@prometheus-io/client'", async () => {
    const service = await startMetered({ registry: new SuccessorRegistry() });
    await service.send('/orders');
    await service.idle();
    expect(await scrape(service, 'http_requests_total')).toEqual({
      'http_requests_total{method="GET",route="/orders",status_code="200"}': 1,
    });
    expect(Object.keys(await scrape(service, 'process_cpu_seconds_total'))).toHaveLength(1);
  });

  it('adds up with those of other processes as prom-client adds up a cluster', async () => {
    const parts = [new Registry(), new Registry()];
    for (const registry of parts) {
      const observability = quiet();
      createMetricsEndpoint({ observability, registry }, quiet);
      for (const tell of observability.tally.listeners) tell('GET', '/x', 200, 700, undefined);
    }
    const sum = AggregatorRegistry.aggregate(await Promise.all(parts.map((part) => part.getMetricsAsJSON())));
    const text = await sum.metrics();
    expect(text).toMatch(/^http_requests_total\{.*\} 2$/m);
    expect(text).toMatch(/^http_request_duration_seconds_bucket\{.*le="0.75".*\} 2$/m);
  });

  it('that has a metric of our name already is refused with a sentence', () => {
    const registry = new Registry();
    new Counter({ name: 'http_requests_total', help: 'Theirs.', registers: [registry] });
    expect(() => createMetricsEndpoint({ observability: quiet(), registry }, quiet)).toThrow(
      'metrics.registry must be one that has no metric named http_requests_total yet; another library seems to make it',
    );
  });

  it.each([
    [{ registry: {} as never }, 'metrics.registry must be'],
    [{ path: 'metrics' }, 'metrics.path must be a path that starts with a slash'],
    [{ maxSeries: 0 }, 'metrics.maxSeries must be a number from 1 to 100000'],
    [{ token: '' }, 'metrics.token must be a text of at least 16 characters without spaces'],
    [{ token: 'read-from-a-file-with-its-line-break\n' }, 'metrics.token must be a text of at least 16 characters'],
    [{ observability: {} as never }, 'metrics.observability must be'],
  ])('or another option that cannot be used is refused: %j', (options, message) => {
    expect(() => createMetricsEndpoint({ registry: new Registry(), ...options }, quiet)).toThrow(message);
  });

  it('is asked for with one sentence where no library is installed, and not before', () => {
    const folder = mkdtempSync(join(tmpdir(), 'throughline-metrics-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const entry = fileURLToPath(new URL('../../packages/express/dist/esm/index.js', import.meta.url));
    const script = `import(${JSON.stringify(entry)}).then(({ metrics }) => { console.log('imported'); try { metrics() } catch (error) { console.log(error.name, error.message) } })`;
    const said = execFileSync(process.execPath, ['--input-type=module', '-e', script], {
      cwd: folder,
      encoding: 'utf8',
    });
    expect(said).toBe(
      'imported\nConfigError metrics.registry must be a registry of prom-client, which is not installed (npm install prom-client), got undefined\n',
    );
  });
});
