/** Memory: what a connection that waits and a request in flight hold of the heap. */
import { once } from 'node:events';
import { Agent, get } from 'node:http';
import { send, startServer } from '../runner/requests.mjs';

const path = '/orders/7';

export const memory = {
  name: 'memory',
  folder: 'express',
  title: 'Heap of an Express server',
  rounds: 3,
  variants: [
    'bare',
    'floor',
    'throughline-context',
    'throughline-metrics',
    'pino-http',
    'cls-rtracer+pino-http+express-prom-bundle',
    'cls-hooked+pino-http',
  ],
  packages: ['express', 'pino-http', 'cls-rtracer', 'express-prom-bundle', 'cls-hooked'],
  columns: [
    { key: 'idleMiB', name: 'idle process, MiB', digits: 1 },
    { key: 'idleKiB', name: 'idle connection after a request, KiB', digits: 2 },
    { key: 'inFlightKiB', name: 'request in flight, KiB', digits: 2 },
  ],
  compare: { by: 'inFlightKiB', over: 'bare', to: ['cls-rtracer+pino-http+express-prom-bundle'] },
  async measure(variant, setting) {
    const server = await startServer(variant, setting);
    try {
      return await measureHeap(server, setting.isSmoke ? 10 : 1_000);
    } finally {
      server.stop();
    }
  },
};

async function measureHeap(server, count) {
  const heap = async () => (await server.ask('memory')).heapUsed;
  await send(server.url + path, 5 * count);
  const idle = await heap();
  const agent = new Agent({ keepAlive: true, maxSockets: count, maxFreeSockets: count });
  await Promise.all(request(server.url, agent, count).map(answered));
  const connected = await heap();
  const held = server.ask('hold', count);
  const waiting = request(server.url, agent, count);
  for (const one of waiting) one.on('error', () => undefined);
  await held;
  const inFlight = await heap();
  agent.destroy();
  return {
    idleMiB: idle / 2 ** 20,
    idleKiB: (connected - idle) / count / 1_024,
    inFlightKiB: (inFlight - connected) / count / 1_024,
  };
}

function request(url, agent, count) {
  return Array.from({ length: count }, () => get(url + path, { agent }));
}

async function answered(sent) {
  const [response] = await once(sent, 'response');
  await once(response.resume(), 'end');
}
