/** Cost: what one distinct error takes of the main thread, and the longest it holds the event loop up. */
import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import { setImmediate, setTimeout } from 'node:timers/promises';
import { makeErrors } from '../sink/errors.mjs';
import { startSink } from '../sink/sink-process.mjs';

export const exporterCost = {
  name: 'exporter-cost',
  folder: 'exporter',
  title: 'A distinct error of about 1 KB, 400 a second, sink on loopback',
  rounds: 5,
  variants: [
    'throughline',
    'throughline-spool',
    'throughline-unconfigured',
    'opentelemetry',
    'pino-loki',
    'winston-loki',
  ],
  packages: ['@opentelemetry/sdk-logs', '@opentelemetry/exporter-logs-otlp-http', 'pino-loki', 'winston-loki'],
  columns: [
    { key: 'p50Us', name: 'call p50, µs', digits: 3 },
    { key: 'p99Us', name: 'call p99, µs', digits: 1 },
    { key: 'allUs', name: 'sending included, µs an error', digits: 1 },
    { key: 'stallMs', name: 'longest stall, ms', digits: 1 },
  ],
  compare: { by: 'allUs', to: ['throughline'] },
};

const sliceSize = 20;
const sliceEveryMs = 50;

export async function run(variant, isSmoke) {
  const sink = await startSink();
  const subject = await variant.start(sink);
  let number = 1;
  // Enough calls for V8 to have compiled them; what they left behind is being sent while the rest is measured.
  for (; number < (isSmoke ? 40 : 8_000); number += sliceSize) {
    for (const error of makeErrors(number, sliceSize)) subject.take(error);
    await setImmediate();
  }
  await setTimeout(isSmoke ? 0 : 2_000);
  const measured = await measure(subject, number, isSmoke ? 3 : 80);
  await subject.flush(5_000);
  const { records } = await sink.count();
  sink.stop();
  if (!subject.sendsNothing && records === 0) throw new Error('nothing arrived at the sink');
  return measured;
}

async function measure(subject, first, slices) {
  const calls = [];
  // What costs less than a look at the clock is done many times between two looks.
  const repeats = subject.sendsNothing ? 1_000 : 1;
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const before = performance.eventLoopUtilization();
  let makingMs = 0;
  for (let slice = 0; slice < slices; slice++) {
    const startMs = performance.now();
    const errors = makeErrors(first + slice * sliceSize, sliceSize);
    makingMs += performance.now() - startMs;
    for (const error of errors) {
      const callMs = performance.now();
      for (let count = 0; count < repeats; count++) subject.take(error);
      calls.push(((performance.now() - callMs) * 1_000) / repeats);
    }
    await setTimeout(sliceEveryMs);
  }
  const { active } = performance.eventLoopUtilization(before);
  delay.disable();
  calls.sort((a, b) => a - b);
  return {
    p50Us: calls[Math.floor(calls.length * 0.5)],
    p99Us: calls[Math.floor(calls.length * 0.99)],
    allUs: ((active - makingMs) * 1_000) / calls.length,
    stallMs: delay.max / 1e6,
  };
}
