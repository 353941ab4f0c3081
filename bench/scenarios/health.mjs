/** Health: many probes at once on three views of a service with three dependencies, which answer, or hang. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import autocannon from 'autocannon';
import { startServer } from '../runner/requests.mjs';

const views = ['/health', '/health/ready', '/health/startup'];
const dependencies = 3;

export const health = {
  name: 'health',
  title: '200 parallel probes on each of three views, three dependencies that are asked over HTTP',
  rounds: 3,
  variants: ['throughline', 'by-hand', 'terminus'],
  packages: ['@nestjs/terminus'],
  columns: [
    { key: 'cpuUs', name: 'processor, µs a probe', digits: 0 },
    { key: 'runs', name: 'runs of a check', digits: 0 },
    { key: 'slowestMs', name: 'slowest answer, ms', digits: 0 },
    { key: 'hungRuns', name: 'runs of a check while all hang', digits: 0 },
    { key: 'hungSlowestMs', name: 'slowest answer then, ms', digits: 0 },
  ],
  compare: { by: 'cpuUs', to: ['throughline'] },
  async measure(variant, setting) {
    const dependency = await startDependency();
    const server = await startServer(variant, setting, dependency.url);
    try {
      const probes = setting.isSmoke ? 5 : 200;
      for (let warm = 0; warm < (setting.isSmoke ? 1 : 10); warm++) await probe(server, probes);
      return await measureProbes(server, dependency, probes);
    } finally {
      server.stop();
      dependency.stop();
    }
  },
};

async function measureProbes(server, dependency, probes) {
  const before = await server.ask('cpuUs');
  dependency.count();
  const slowestMs = await probe(server, probes);
  const runs = dependency.count();
  const cpuUs = ((await server.ask('cpuUs')) - before) / (views.length * probes);
  dependency.hang();
  const hungSlowestMs = await probe(server, probes);
  return { cpuUs, runs, slowestMs, hungRuns: dependency.count(), hungSlowestMs };
}

/** The slowest answer, in ms. */
async function probe(server, amount) {
  const all = views.map((view) => autocannon({ url: server.url + view, connections: amount, amount }));
  return Math.max(...(await Promise.all(all)).map(({ latency }) => latency.max));
}

async function startDependency() {
  let hits = 0;
  let isHanging = false;
  const server = createServer((_req, res) => {
    hits++;
    if (!isHanging) setTimeout(() => res.end(), 5);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    /** How often each was asked since the last time. */
    count() {
      const each = hits / dependencies;
      hits = 0;
      return each;
    },
    hang: () => (isHanging = true),
    stop: () => server.close().closeAllConnections(),
  };
}
