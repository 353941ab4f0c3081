/** Worst input: main-thread time of one error with the worst in it, once all is compiled. */
import { performance } from 'node:perf_hooks';
import { setImmediate } from 'node:timers/promises';
import { startSink } from '../sink/sink-process.mjs';

const range = (count) => Array.from({ length: count }, (_, index) => index);
const keyed = (count) => Object.fromEntries(range(count).map((index) => [`key${index}`, index]));
let store;
let pairs;
const revoked = Proxy.revocable({}, {});
revoked.revoke();

const inputs = {
  'plain field': () => ({ a: 1 }),
  'revoked proxy': () => ({ proxy: revoked.proxy }),
  'text of 100 MB': () => ({ text: 'x'.repeat(100_000_000) }),
  'texts full of quotes, 48 KB': () => ({
    a: '"a":"b",'.repeat(2_000),
    b: 'x=1&'.repeat(4_000),
    c: "it's: 'a' ".repeat(1_600),
  }),
  'million keys, seen before': () => ({ store: (store ??= keyed(1_000_000)) }),
  '10,000 new keys': () => keyed(10_000),
  '100,000 new keys': () => keyed(100_000),
  'depth of 100,000': () => ({ deep: range(100_000).reduce((inner) => [inner], 0) }),
  // Made once: collecting the garbage of making it would be counted as ours.
  'map of a million': () => ({ pairs: (pairs ??= new Map(Object.entries((store ??= keyed(1_000_000))))) }),
  'AggregateError of 10,000': () =>
    new AggregateError(
      range(10_000).map((index) => new Error(`e${index}`)),
      'all',
    ),
  '10,000 causes': () => range(10_000).reduce((cause) => new Error('c', { cause }), new Error('root')),
  'error with a message of 100 MB': () => new Error('x'.repeat(100_000_000)),
};

export const exporterWorstInput = {
  name: 'exporter-worst-input',
  folder: 'exporter',
  title: 'Worst input, µs of the main thread for one error, median of 30',
  rounds: 1,
  variants: ['throughline'],
  packages: [],
  columns: Object.keys(inputs).map((name) => ({ key: name, name, digits: 0 })),
};

export async function run(variant, isSmoke) {
  const sink = await startSink();
  const subject = await variant.start(sink);
  for (const input of ['warm', ...(isSmoke ? [] : range(3_000))])
    subject.take({ error: new Error(`e${input}`), message: `m${input}`, fields: { a: { b: `${input}` } } });
  const result = {};
  for (const [name, make] of Object.entries(inputs)) {
    const times = [];
    for (let round = 0; round < (isSmoke ? 1 : 30); round++) {
      times.push(takeOne(subject, make(), `${name} ${round}`));
      await setImmediate();
    }
    result[name] = times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)];
  }
  sink.stop();
  return result;
}

function takeOne(subject, value, message) {
  const isError = value instanceof Error;
  const startMs = performance.now();
  subject.take({ error: isError ? value : undefined, message, fields: isError ? {} : value });
  return (performance.now() - startMs) * 1_000;
}
