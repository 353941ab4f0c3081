/** Outage: what 600,000 errors do to memory while nobody listens, and how many of them arrive when somebody does again. */
import { setImmediate, setTimeout } from 'node:timers/promises';
import { makeErrors } from '../sink/errors.mjs';
import { findDeadPort, startSink } from '../sink/sink-process.mjs';

export const exporterOutage = {
  name: 'exporter-outage',
  folder: 'exporter',
  title: '600,000 distinct errors (ten minutes at 1,000 a second) against a dead port, as fast as they go',
  rounds: 1,
  variants: ['throughline', 'throughline-spool', 'opentelemetry', 'pino-loki', 'winston-loki'],
  packages: ['@opentelemetry/sdk-logs', '@opentelemetry/exporter-logs-otlp-http', 'pino-loki', 'winston-loki'],
  columns: [
    { key: 'heapMiB', name: 'heap growth, MiB', digits: 0 },
    { key: 'rssMiB', name: 'RSS growth, MiB', digits: 0 },
    { key: 'kept', name: 'arrived when the sink was back', digits: 0 },
    { key: 'lost', name: 'lost', digits: 0 },
  ],
};

const sliceSize = 1_000;

export async function run(variant, isSmoke) {
  const port = await findDeadPort();
  const subject = await variant.start({ url: `http://127.0.0.1:${port}` });
  const before = used();
  const slices = isSmoke ? 2 : 600;
  for (let slice = 0; slice < slices; slice++) {
    for (const error of makeErrors(1 + slice * sliceSize, sliceSize)) subject.take(error);
    // A pause as long as a send may need to fail.
    await (slice % 10 === 0 ? setTimeout(5) : setImmediate());
  }
  const after = used();
  const sink = await startSink(port);
  const kept = subject.sendsNothing ? 0 : await arrived(subject, sink, isSmoke ? 200 : 90_000);
  sink.stop();
  return { heapMiB: after.heap - before.heap, rssMiB: after.rss - before.rss, kept, lost: slices * sliceSize - kept };
}

/** How many came, once no more come for longer than the longest pause between two attempts. */
async function arrived(subject, sink, limitMs) {
  const endMs = Date.now() + limitMs;
  let { records } = await sink.count();
  let lastMs = Date.now();
  void Promise.resolve(subject.flush(limitMs)).catch(() => undefined);
  while (Date.now() < endMs && Date.now() - lastMs < 45_000) {
    await setTimeout(Math.min(500, limitMs));
    const counted = await sink.count();
    if (counted.records > records) lastMs = Date.now();
    ({ records } = counted);
  }
  return records;
}

function used() {
  globalThis.gc?.();
  const { heapUsed, rss } = process.memoryUsage();
  return { heap: heapUsed / 2 ** 20, rss: rss / 2 ** 20 };
}
