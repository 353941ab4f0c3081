/** Outbound call: what a call to another service takes that carries the request's id along. */
import { once } from 'node:events';
import http from 'node:http';
import { startSink } from '../sink/sink-process.mjs';

const atOnce = 10;

export const outbound = {
  name: 'outbound',
  title: 'Time of the processor for one outbound call of Node’s http',
  rounds: 9,
  variants: ['bare', 'by-hand', 'throughline', 'cls-rtracer', 'opentelemetry'],
  packages: ['cls-rtracer', '@opentelemetry/instrumentation-http'],
  columns: [{ key: 'cpuUs', name: 'µs', digits: 1 }],
  compare: { by: 'cpuUs', over: 'bare', to: ['by-hand'] },
};

/** @param variant `inRequest(work)` runs work as a request would be, `headers()` gives those of a call in it. */
export async function run({ start, inRequest, headers }, isSmoke) {
  const sink = await startSink();
  start?.();
  const agent = new http.Agent({ keepAlive: true, maxSockets: atOnce });
  const callAll = async (count) => {
    let left = count;
    const caller = async () => {
      while (left-- > 0) await inRequest(() => call(sink.url, agent, headers()));
    };
    await Promise.all(Array.from({ length: atOnce }, caller));
  };
  await callAll(isSmoke ? 10 : 6_000);
  const count = isSmoke ? 10 : 6_000;
  const before = process.cpuUsage();
  await callAll(count);
  const { user, system } = process.cpuUsage(before);
  agent.destroy();
  sink.stop();
  return { cpuUs: (user + system) / count };
}

async function call(url, agent, headers) {
  const [response] = await once(http.request(url, { agent, headers }).end(), 'response');
  await once(response.resume(), 'end');
}
