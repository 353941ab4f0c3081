/** Counting: what stands in the registry, and what can never stand there. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Registry as SuccessorRegistry } from '@prometheus-io/client';
import { createObservability, getContext, runWithContext } from '@throughline/core';
import { createMetricsEndpoint, metricsCatalogue } from '@throughline/core/metrics';
import { AggregatorRegistry, Counter, Registry, register } from 'prom-client';
import { describe, expect, it, onTestFinished } from 'vitest';
import { moment } from '../contract/moment.js';
import { scrape } from '../contract/scrape.js';
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

describe('a job', () => {
  it('is counted, timed and told of by queue and name, failed apart from succeeded', async () => {
    const service = await startMetered();
    const job = { name: 'send-mail', queue: 'mail', queuedAt: new Date(Date.now() - 4000) };
    const { reached, reach } = moment();
    const running = runWithContext({ job }, () => reached);
    const series = '{queue="mail",name="send-mail"}';
    expect(await scrape(service, 'jobs_active')).toEqual({ [`jobs_active${series}`]: 1 });
    reach();
    await running;
    expect(() =>
      runWithContext({ job }, () => {
        throw new Error('no server');
      }),
    ).toThrow('no server');
    await expect(runWithContext({ job }, () => Promise.reject(new Error('late')))).rejects.toThrow('late');
    const told = await scrape(service, 'job');
    expect(told).toMatchObject({
      'jobs_total{queue="mail",name="send-mail",outcome="succeeded"}': 1,
      'jobs_total{queue="mail",name="send-mail",outcome="failed"}': 2,
      'job_duration_seconds_count{queue="mail",name="send-mail",outcome="failed"}': 2,
      'job_wait_seconds_bucket{queue="mail",name="send-mail",le="1"}': 0,
      'job_wait_seconds_bucket{queue="mail",name="send-mail",le="5"}': 3,
      [`jobs_active${series}`]: 0,
    });
    expect(Date.now() / 1000 - (told[`job_last_success_timestamp_seconds${series}`] ?? 0)).toBeLessThan(60);
  });

  it('is what it was called to the code that runs in it, and gives back what that gave', async () => {
    await startMetered();
    const kinds = runWithContext({ job: { name: 'nightly' } }, () => getContext()?.kind);
    expect(kinds).toBe('job');
    expect(await runWithContext({ job: { name: 'nightly' } }, () => Promise.resolve(7))).toBe(7);
  });

  it('has no name where none was given, no queue and no wait, and is none where it was called something else', async () => {
    const service = await startMetered();
    runWithContext({ kind: 'job' }, () => {});
    runWithContext({ kind: 'task' }, () => {});
    runWithContext({}, () => {});
    expect(await scrape(service, 'jobs_total')).toEqual({
      'jobs_total{queue="",name="unnamed",outcome="succeeded"}': 1,
    });
    expect(await scrape(service, 'job_wait_seconds')).toEqual({});
  });

  it('gives its trace as exemplar', async () => {
    const service = await startMetered();
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    runWithContext({ job: { name: 'nightly' }, traceparent }, () => {});
    const accept = 'application/openmetrics-text';
    const { body } = await service.send({ path: '/metrics', headers: { accept } });
    expect(body).toMatch(/^job_duration_seconds_bucket\{.*\} 1 # \{trace_id="0af7651916cd43dd8448eb211c80319c"/m);
  });

  it('is counted in one series for all when there are too many names, and one warning for each metric tells of it', async () => {
    const service = await startMetered({ maxSeries: 3 });
    const queuedAt = new Date();
    for (let at = 0; at < 10; at++) runWithContext({ job: { name: `tenant-${at}`, queuedAt } }, () => {});
    expect(await scrape(service, 'jobs_total{overflow')).toEqual({ 'jobs_total{overflow="true"}': 7 });
    expect(await scrape(service, 'jobs_active{overflow')).toEqual({ 'jobs_active{overflow="true"}': 0 });
    expect(Object.keys(await scrape(service, 'job_wait_seconds_count'))).toHaveLength(4);
    const { lines } = await service.finish();
    const warnings = lines.filter(({ msg }) => msg.includes('label sets')).map(({ msg }) => msg.split(' ', 1)[0]);
    expect(warnings).toEqual(['job_wait_seconds', 'job_duration_seconds']);
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
    const refusing = {
      name: 'sink',
      endpoint: 'http://127.0.0.1:9/',
      encode: () => ({ url: 'http://127.0.0.1:9/', headers: {}, body: '[]' }),
      classify: () => ({ kind: 'accepted' }) as const,
    };
    const service = await startMetered({}, { exporters: [refusing as never] });
    service.log.error(new Error('one'));
    service.log.error(new Error('two'));
    const [status] = service.observability.status().exporters;
    const account = await scrape(service, 'throughline_exporter_');
    for (const name of ['offered', 'delivered', 'rejected', 'dropped', 'unconfirmed'] as const)
      expect(account[`throughline_exporter_${name}_total{exporter="sink"}`]).toBeTypeOf('number');
    expect(account['throughline_exporter_offered_total{exporter="sink"}']).toBe(2);
    const states = Object.entries(account).filter(([name]) => name.includes('_state{'));
    expect(states).toHaveLength(5);
    expect(states.filter(([, value]) => value === 1)).toHaveLength(1);
    expect(status?.offered).toBe(2);
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
