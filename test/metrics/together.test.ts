/** Together: the metrics of a cluster and of worker threads, read in one place whether or not all of them answer. */
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { send } from '../contract/client.js';
import { type Series, seriesIn } from '../contract/scrape.js';
import { Doomed } from '../shutdown/doomed.js';

const app = (name: string): string => fileURLToPath(new URL(`apps/${name}.mjs`, import.meta.url));

async function metricsOf(doomed: Doomed): Promise<Series> {
  const { status, body } = await doomed.get('/metrics');
  expect(status).toBe(200);
  return seriesIn(body);
}

const orders = 'http_requests_total{method="GET",route="/orders",status_code="200"}';
const answered = 'throughline_metric_sources{state="answered"}';
const silent = 'throughline_metric_sources{state="silent"}';

/** The metrics once so many workers or threads have answered: who is silent for a second is not waited for, as one that still starts may be. */
async function metricsOnceAnswered(doomed: Doomed, count: number): Promise<Series> {
  for (;;) {
    const metrics = await metricsOf(doomed); // oxlint-disable-line no-await-in-loop -- it is the loop
    if (metrics[answered] === count) return metrics;
  }
}

describe('the metrics of a cluster', () => {
  /** A cluster whose primary serves the metrics, and the ports of its workers. */
  async function startCluster(options: object): Promise<{ cluster: Doomed; workers: readonly number[] }> {
    const cluster = await Doomed.start(options, [app('cluster')]);
    const { ports } = await cluster.until(({ ports }) => ports !== undefined);
    return { cluster, workers: ports as number[] };
  }

  it('are those of all its workers', async () => {
    const { cluster, workers } = await startCluster({ workers: 3 });
    for (const [at, port] of workers.entries())
      for (let sent = 0; sent <= at; sent++) await send(port, { path: '/orders' });
    const metrics = await metricsOnceAnswered(cluster, 3);
    expect(metrics).toMatchObject({
      [orders]: 6,
      'http_request_duration_seconds_count{method="GET",route="/orders",status_code="200"}': 6,
      [silent]: 0,
      'app_info{service="shop",version="1.0.0",env="test"}': 1,
      // Down for one of them.
      'health_check_status{name="db"}': 0,
      'health_check_transitions_total{name="db",status="down"}': 1,
    });
    expect(metrics['process_resident_memory_bytes']).toBeGreaterThan(100_000_000);
    expect(metrics['process_start_time_seconds']).toBeUndefined();
  });

  it('keep the last values of a worker that does not answer, and tell that it does not', async () => {
    const { cluster, workers } = await startCluster({ workers: 2 });
    const [first = 0, second = 0] = workers;
    for (const port of [first, second]) await send(port, { path: '/orders' });
    expect((await metricsOnceAnswered(cluster, 2))[orders]).toBe(2);
    await send(first, { path: '/hold' });
    await send(second, { path: '/orders' });
    expect(await metricsOnceAnswered(cluster, 1)).toMatchObject({ [orders]: 3, [silent]: 1 });
  });

  it('never go down because a worker is gone', async () => {
    const { cluster, workers } = await startCluster({ workers: 2 });
    const [first = 0, second = 0] = workers;
    for (const port of [first, first, second]) await send(port, { path: '/orders' });
    expect((await metricsOnceAnswered(cluster, 2))[orders]).toBe(3);
    await send(first, { path: '/die' });
    await cluster.until(({ ended }) => ended !== undefined);
    await send(second, { path: '/orders' });
    const metrics = await metricsOnceAnswered(cluster, 1);
    expect(metrics).toMatchObject({ [orders]: 4, [silent]: 0 });
    expect(metrics['http_requests_in_flight{method="GET"}']).toBe(0);
  });

  it('are in no more series than maxSeries says for all workers that are gone', async () => {
    const { cluster, workers } = await startCluster({ workers: 1, series: 3, maxSeries: 1 });
    await metricsOnceAnswered(cluster, 1);
    await send(workers[0] ?? 0, { path: '/die' });
    await cluster.until(({ ended }) => ended !== undefined);
    expect(await metricsOf(cluster)).toMatchObject({
      'http_requests_total{method="GET",route="/orders/0",status_code="200"}': 1,
      'http_requests_total{overflow="true"}': 2,
    });
  });

  it('are of one worker where that is asked, which says so once', async () => {
    const { cluster, workers } = await startCluster({ workers: 2 });
    const [first = 0, second = 0] = workers;
    for (const port of [first, second]) await send(port, { path: '/orders' });
    const { body } = await send(first, { path: '/metrics' });
    expect(seriesIn(body)[orders]).toBe(1);
    await send(first, { path: '/metrics' });
    await cluster.until(({ msg }) => msg?.includes('createMetricsServer() in the primary') === true);
    expect(cluster.lines.filter(({ msg }) => msg?.includes('tells of this worker alone'))).toHaveLength(1);
  });

  it('of 34,000 lines of a worker hold up the primary for less than 20 ms', { timeout: 180_000 }, async () => {
    const { cluster } = await startCluster({ workers: 1, series: 1990 });
    // What is loaded and compiled the first time is no part of it, and the worker may still be counting then.
    let text = '';
    while (!text.includes('route="/orders/1989"')) text = (await cluster.get('/metrics')).body;
    expect(text.split('\n').length).toBeGreaterThan(34_000);
    expect(seriesIn(text)['http_requests_total{method="GET",route="/orders/7",status_code="200"}']).toBe(1);
    for (let at = 0; at < 5; at++) {
      cluster.kill('SIGUSR2');
      await cluster.until(() => turnsOf(cluster).length > at);
      if (at < 4) await cluster.get('/metrics');
    }
    expect(Math.min(...turnsOf(cluster).slice(1))).toBeLessThan(20);
  });
});

/** The longest turns that were told, in milliseconds. */
function turnsOf({ lines }: Doomed): number[] {
  return lines.flatMap(({ longestMs }) => (longestMs === undefined ? [] : [Number(longestMs)]));
}

describe('the metrics of worker threads', () => {
  const jobs = 'jobs_total{queue="",name="resize",outcome="succeeded"}';

  it('are those of the main thread as well', async () => {
    const service = await Doomed.start({ threads: 3 }, [app('threads')]);
    await service.get('/job');
    await service.get('/job');
    expect(await metricsOnceAnswered(service, 3)).toMatchObject({
      [jobs]: 6,
      'log_lines_total{level="info"}': 6,
      [silent]: 0,
    });
  });

  it('keep the last values of a thread that does not answer, and tell that it does not', async () => {
    const service = await Doomed.start({ threads: 2 }, [app('threads')]);
    await service.get('/job');
    await metricsOnceAnswered(service, 2);
    await service.get('/hold');
    expect(await metricsOnceAnswered(service, 1)).toMatchObject({ [jobs]: 2, [silent]: 1 });
  });

  it('never go down because a thread is gone', async () => {
    const service = await Doomed.start({ threads: 2 }, [app('threads')]);
    await service.get('/job');
    await metricsOnceAnswered(service, 2);
    await service.get('/end');
    await service.get('/job');
    expect(await metricsOnceAnswered(service, 1)).toMatchObject({ [jobs]: 3, [silent]: 0 });
  });
});
