// A service with worker threads that do its jobs; run as a process of its own.
import { once } from 'node:events';
import { createServer } from 'node:http';
import { isMainThread, parentPort, Worker } from 'node:worker_threads';
import { createObservability, getLogger, runWithContext } from '@throughline/core';
import { createMetricsEndpoint, shareMetrics } from '@throughline/core/metrics';

const observability = createObservability({ exporters: [], log: { destination: { write: () => {} } } });

if (isMainThread) {
  // When the test is gone, however it went; a thread that is held goes with it.
  process.stdin.resume().on('end', () => process.exit());
  const { threads } = JSON.parse(process.argv[2]);
  const answer = createMetricsEndpoint({}, () => observability);
  const pool = Array.from({ length: threads }, () => new Worker(new URL(import.meta.url)));
  await Promise.all(pool.map((thread) => once(thread, 'message')));
  const doIt = {
    '/job': () => Promise.all(pool.map((thread) => (thread.postMessage('job'), once(thread, 'message')))),
    '/hold': () => (pool[0].postMessage('hold'), once(pool[0], 'message')),
    '/end': () => pool.shift().terminate(),
  };
  const server = createServer((req, res) => {
    if (!answer(req, res, req.url)) void doIt[req.url]().then(() => res.end('done'));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  process.stdout.write(`${JSON.stringify({ say: server.address().port })}\n`);
} else {
  shareMetrics();
  parentPort.on('message', (word) => {
    if (word === 'job') runWithContext({ job: { name: 'resize' } }, () => getLogger('images').info('resized'));
    parentPort.postMessage('done');
    if (word === 'hold') setImmediate(() => hold());
  });
  parentPort.postMessage('ready');
}

function hold() {
  for (;;);
}
