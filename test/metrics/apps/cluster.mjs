// A cluster whose primary serves the metrics of all, and whose workers are reached one by one; run as a process of its own.
import cluster from 'node:cluster';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createObservability } from '@throughline/core';
import { createRequestObserver } from '@throughline/core/adapter';
import { createMetricsEndpoint, createMetricsServer } from '@throughline/core/metrics';

const { workers, series = 0, maxSeries } = JSON.parse(process.argv[2]);
const say = (words) => process.stdout.write(`${JSON.stringify(words)}\n`);
const observability = createObservability({
  exporters: [],
  service: { name: 'shop', version: '1.0.0', environment: 'test' },
});

if (cluster.isPrimary) {
  // When the test is gone, however it went.
  process.stdin.resume().on('end', () => process.exit());
  const ports = [];
  for (let at = 0; at < workers; at++) {
    const [{ port }] = await once(cluster.fork(), 'message', { signal: AbortSignal.timeout(30_000) });
    ports.push(port);
  }
  say({ ports });
  const server = createMetricsServer({ maxSeries }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  cluster.on('exit', (worker) => say({ ended: worker.id }));
  say({ say: server.address().port });
  if (series > 0) tellLongestTurns();
} else {
  let answer;
  const observe = createRequestObserver({ route: () => '/orders', user: () => undefined }, {}, () => observability);
  const server = createServer((req, res) =>
    observe(req, res, req, () => {
      if (answer(req, res, req.url)) return;
      res.end('fine');
      if (req.url === '/hold') setImmediate(() => hold());
      if (req.url === '/die') setImmediate(() => process.kill(process.pid, 'SIGKILL'));
    }),
  );
  server.listen({ port: 0, host: '127.0.0.1', exclusive: true });
  await once(server, 'listening');
  process.send({ port: server.address().port });
  // Only now, so that the first thing that a primary hears of a worker is of its own.
  answer = createMetricsEndpoint({}, () => observability);
  const [tell] = observability.tally.listeners;
  for (let at = 0; at < series; at++) tell('GET', `/orders/${at}`, 200, at, undefined);
  observability.health.register('db', () => (cluster.worker.id === 1 ? Promise.reject(new Error('no')) : undefined));
}

/** Says on SIGUSR2 how long the longest turn of the event loop was since the last time, in milliseconds of the processor. */
function tellLongestTurns() {
  let longestMs = 0;
  let before = process.cpuUsage();
  const turn = () => {
    const { user, system } = process.cpuUsage(before);
    longestMs = Math.max(longestMs, (user + system) / 1000);
    before = process.cpuUsage();
    setImmediate(turn);
  };
  turn();
  process.on('SIGUSR2', () => {
    say({ longestMs });
    longestMs = 0;
  });
}

/** Hears nothing of the end of the primary, and yet ends with it. */
function hold() {
  const { ppid } = process;
  while (process.ppid === ppid);
  process.exit();
}
