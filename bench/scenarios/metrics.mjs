/** Metrics: what counting a request costs, and what a scrape of 36,000 lines holds up. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';

export const metrics = {
  name: 'metrics',
  title: 'Counting one request, and the longest turn of the event loop in a scrape of 36,000 lines',
  rounds: 5,
  variants: ['throughline', 'prom-client'],
  packages: ['prom-client'],
  columns: [
    { key: 'ns', name: 'ns a request', digits: 0 },
    { key: 'bytes', name: 'bytes a request', digits: 0 },
    { key: 'stallMs', name: 'longest turn of a scrape, ms', digits: 1 },
  ],
  compare: { by: 'ns', to: ['prom-client'] },
  // What is counted fits into the young generation, so that nothing is collected before it is counted.
  flags: ['--min-semi-space-size=256', '--max-semi-space-size=256'],
};

export async function run(variant, isSmoke) {
  const count = isSmoke ? 1_000 : 200_000;
  const { observe, answer } = await variant.start();
  for (let warm = 0; warm < count; warm++) observe('/orders/:id', warm % 1_000);
  const bytes = allocated(observe, isSmoke ? 1_000 : 20_000);
  const before = process.cpuUsage();
  for (let at = 0; at < count; at++) observe('/orders/:id', at % 1_000);
  const { user, system } = process.cpuUsage(before);
  for (let at = 0; at < (isSmoke ? 20 : 2_000); at++) observe(`/route-${at}/:id`, at);
  const server = createServer((req, res) => void answer(req, res, req.url)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  let stallMs = 0;
  for (let scrape = 0; scrape < (isSmoke ? 1 : 3); scrape++) stallMs = await longestTurn(server.address().port);
  return { ns: ((user + system) / count) * 1_000, bytes, stallMs };
}

function allocated(observe, count) {
  globalThis.gc();
  const before = process.memoryUsage().heapUsed;
  for (let at = 0; at < count; at++) observe('/orders/:id', at % 1_000);
  return (process.memoryUsage().heapUsed - before) / count;
}

/** The longest turn of the event loop, in milliseconds of the processor, while another process reads the metrics. */
async function longestTurn(port) {
  const script = `fetch('http://127.0.0.1:${port}/metrics').then((answer) => answer.text())`;
  let isOver = false;
  const closed = once(spawn(process.execPath, ['-e', script], { stdio: 'inherit' }), 'close');
  void closed.then(() => (isOver = true));
  let longest = 0;
  while (!isOver) {
    const before = process.cpuUsage();
    await new Promise((resolve) => setImmediate(resolve));
    const { user, system } = process.cpuUsage(before);
    longest = Math.max(longest, (user + system) / 1_000);
  }
  return longest;
}
