/** Concurrency: how the time of one request grows with the number of requests at once. */
import { cpuPerRequest, send, startServer } from '../runner/requests.mjs';

const path = '/orders/7';
/** In seconds, for each of the requests. */
const timeout = 60;
const sizes = [1, 10, 100, 1_000, 10_000];
const stack = 'cls-rtracer+pino-http+express-prom-bundle';

export const concurrency = {
  name: 'concurrency',
  folder: 'express',
  title: 'Time of the processor for one request of Express, µs, by the number of requests at once',
  rounds: 3,
  variants: ['bare', 'throughline-metrics', stack],
  packages: ['express', 'pino-http', 'cls-rtracer', 'express-prom-bundle'],
  columns: sizes.map((size) => ({ key: size, name: String(size), digits: 0 })),
  compare: { by: 10_000, over: 'bare', to: [stack] },
  async measure(variant, setting) {
    const server = await startServer(variant, setting);
    try {
      const figures = {};
      for (const connections of setting.isSmoke ? sizes.slice(0, 2) : sizes) {
        const amount = setting.isSmoke ? 20 : Math.max(10_000, 2 * connections);
        const sendAll = (count) => send(server.url + path, count, { connections, timeout });
        await sendAll(amount);
        figures[connections] = await cpuPerRequest(server, amount, sendAll);
      }
      return figures;
    } finally {
      server.stop();
    }
  },
};
