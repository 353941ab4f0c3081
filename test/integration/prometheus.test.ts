import { spawnSync } from 'node:child_process';
import { Registry } from 'prom-client';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type Cell, get } from '../contract/cell.js';
import { listen } from '../contract/listen.js';
import { type Service, start } from '../contract/start.js';
import { buildApp as buildExpress } from '../express/app.js';
import { buildApp as buildKoa } from '../koa/app.js';
import { startApp as startNest } from '../nest/app.js';
import { onExpress, onFastify } from '../nest/platform.js';
import { startPrometheus } from './prometheus-server.js';
import { hasCommand } from './require-service.js';

const cells: Readonly<Record<string, Cell['listen']>> = {
  express: (observability, setup) => listen(buildExpress(observability, setup)),
  koa: (observability, setup) => listen(buildKoa(observability, setup).callback()),
  'nest on express': (observability, setup) => startNest(onExpress, observability, setup),
  'nest on fastify': (observability, setup) => startNest(onFastify, observability, setup),
};
const names = Object.keys(cells);

/** Metrics that prom-client names against Prometheus's own advice, and whose names dashboards know. */
const misnamedByPromClient = /^nodejs_active_(handles|requests|resources)_total /;

function startCell(name: string): Promise<Service> {
  const routes = [get('/orders/:id', ({ params }) => ({ status: Number(params['id']), body: 'answered' }))];
  const listenOn = cells[name] as Cell['listen'];
  return start({ name, listen: listenOn }, { metrics: { registry: new Registry() }, routes });
}

describe.skipIf(!hasCommand('prometheus') || !hasCommand('promtool'))(
  'a real Prometheus (prometheus and promtool on the PATH)',
  () => {
    it('scrapes every framework and counts what was sent, its own scrapes left out', async () => {
      const services = await Promise.all(names.map(startCell));
      const ports = services.map(({ port }, at) => [names[at]?.replaceAll(' ', '-'), port] as const);
      const prometheus = await startPrometheus(Object.fromEntries(ports) as Record<string, number>);
      onTestFinished(() => prometheus.stop());
      const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
      for (const service of services) {
        for (const status of [200, 200, 200, 404, 503])
          await service.send({ path: `/orders/${status}`, headers: { traceparent } });
        await service.send('/nowhere');
      }
      await prometheus.until('up', (up) => up.length === names.length && up.every(({ value }) => value[1] === '1'));
      const total = String(6 * names.length);
      await prometheus.until('sum(http_requests_total)', ([sum]) => sum?.value[1] === total);
      const results = await prometheus.until(
        'sum by (method, route, status_code) (http_request_duration_seconds_count)',
        (found) => found.length >= 4,
      );
      const counts = results.map(({ metric, value }) => [
        `${metric['route']} ${metric['status_code']}`,
        Number(value[1]),
      ]);
      expect(Object.fromEntries(counts)).toEqual({
        '/orders/:id 200': 3 * names.length,
        '/orders/:id 404': names.length,
        '/orders/:id 503': names.length,
        'unmatched 404': names.length,
      });
    });

    it.each(names)('has no complaint of promtool about a metric of ours on %s', async (name) => {
      const service = await startCell(name);
      await service.send({ path: '/orders/200' });
      const { body } = await service.send('/metrics');
      const { stderr } = spawnSync('promtool', ['check', 'metrics'], { input: body, encoding: 'utf8' });
      const complaints = stderr.split('\n').filter((line) => line !== '');
      expect(complaints.filter((line) => !misnamedByPromClient.test(line))).toEqual([]);
      const broken = spawnSync('promtool', ['check', 'metrics'], { input: 'http_requests 1\n', encoding: 'utf8' });
      expect(broken.stderr).toContain('http_requests');
    });
  },
);
