/** Metrics: what counting a request costs, and what a scrape holds up, beside prom-client by itself. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';

const isSmoke = process.argv.includes('--smoke');
const [, , , variant] = process.argv;
const self = fileURLToPath(import.meta.url);
const count = isSmoke ? 1000 : 200_000;
/** Few enough that nothing is collected before it is counted: it fits into the young generation, which is made large. */
const counted = isSmoke ? 1000 : 20_000;
const series = isSmoke ? 20 : 2000;

/** Ours: the listener that `metrics()` adds, and the endpoint. */
async function throughline() {
  const { createObservability } = await import('@throughline/core');
  const { createMetricsEndpoint } = await import('@throughline/core/metrics');
  const { Registry } = await import('prom-client');
  const observability = createObservability({ isolated: true, exporters: [], log: { level: 'silent' } });
  const answer = createMetricsEndpoint({ observability, registry: new Registry() }, () => observability);
  const [tell] = observability.tally.listeners;
  return { observe: (route, durationMs) => tell('GET', route, 200, durationMs, undefined), answer };
}

/** What applications write by hand: a histogram and a counter, and the text in one go. */
async function promClient() {
  const { Registry, Histogram, Counter, collectDefaultMetrics } = await import('prom-client');
  const registers = [new Registry()];
  const labelNames = ['method', 'route', 'status_code'];
  const buckets = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];
  const histogram = new Histogram({ name: 'http_request_duration_seconds', help: 'x', labelNames, buckets, registers });
  const counter = new Counter({ name: 'http_requests_total', help: 'x', labelNames, registers });
  collectDefaultMetrics({ register: registers[0] });
  return {
    observe(route, durationMs) {
      const labels = { method: 'GET', route, status_code: 200 };
      histogram.observe(labels, durationMs / 1000);
      counter.inc(labels);
    },
    async answer(_req, res) {
      res.end(await registers[0].metrics());
    },
  };
}

const variants = { throughline, 'prom-client': promClient };

/** One variant, in a process of its own. */
async function measure(make) {
  const { observe, answer } = await make();
  for (let warm = 0; warm < count; warm++) observe('/orders/:id', warm % 1000);
  globalThis.gc();
  const heap = process.memoryUsage().heapUsed;
  for (let at = 0; at < counted; at++) observe('/orders/:id', at % 1000);
  const bytes = process.memoryUsage().heapUsed - heap;
  const before = process.cpuUsage();
  for (let at = 0; at < count; at++) observe('/orders/:id', at % 1000);
  const { user, system } = process.cpuUsage(before);
  for (let at = 0; at < series; at++) observe(`/route-${at}/:id`, at);
  const server = createServer((req, res) => void answer(req, res, req.url)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  let stallMs = 0;
  for (let scrape = 0; scrape < 3; scrape++) stallMs = await longestTurn(server.address().port);
  return { ns: ((user + system) / count) * 1000, bytes: bytes / counted, stallMs };
}

/** The longest turn of the event loop, in milliseconds of the processor, while another process reads the metrics. */
async function longestTurn(port) {
  const script = `fetch('http://127.0.0.1:${port}/metrics').then((answer) => answer.text())`;
  const closed = once(spawn(process.execPath, ['-e', script], { stdio: 'inherit' }), 'close').then(
    () => (isOver = true),
  );
  let isOver = false;
  let longest = 0;
  while (!isOver) {
    const before = process.cpuUsage();
    await new Promise((resolve) => setImmediate(resolve));
    const { user, system } = process.cpuUsage(before);
    longest = Math.max(longest, (user + system) / 1000);
  }
  await closed;
  return longest;
}

if (variant in variants) {
  console.log(JSON.stringify(await measure(variants[variant])));
  process.exit(0);
}
const results = new Map(Object.keys(variants).map((name) => [name, []]));
for (let round = 0; round < (isSmoke ? 1 : 5); round++) {
  for (const [name, runs] of results) {
    const flags = ['--expose-gc', '--min-semi-space-size=256', '--max-semi-space-size=256'];
    const { stdout, status } = spawnSync(process.execPath, [
      ...flags,
      self,
      '--variant',
      name,
      ...(isSmoke ? ['--smoke'] : []),
    ]);
    if (status !== 0) throw new Error(`${name} broke`);
    runs.push(JSON.parse(String(stdout)));
  }
}
const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];
const cell = (runs, key, digits) => {
  const numbers = runs.map((run) => run[key]);
  return `${median(numbers).toFixed(digits)} (${Math.min(...numbers).toFixed(digits)}–${Math.max(...numbers).toFixed(digits)})`;
};
console.log('| | ns a request | bytes a request | longest turn of a scrape, ms |\n| --- | --- | --- | --- |');
for (const [name, runs] of results)
  console.log(`| ${name} | ${cell(runs, 'ns', 0)} | ${cell(runs, 'bytes', 0)} | ${cell(runs, 'stallMs', 1)} |`);
