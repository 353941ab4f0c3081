/** Routes: how the time of one request grows with the number of routes, when all of them are called. */
import { cpuPerRequest, send, startServer } from '../runner/requests.mjs';
import { paths } from '../variants/routes/orders.mjs';

const sizes = [10, 100, 1_000, 10_000];
const stack = 'cls-rtracer+pino-http+express-prom-bundle';

export const routes = {
  name: 'routes',
  title: 'Time of the processor for one request of Express, µs, by the number of routes',
  rounds: 3,
  variants: ['bare', 'throughline', stack],
  packages: ['express', 'pino-http', 'cls-rtracer', 'express-prom-bundle'],
  columns: sizes.map((size) => ({ key: size, name: String(size), digits: 0 })),
  compare: { by: 10_000, over: 'bare', to: [stack] },
  async measure(variant, setting) {
    const figures = {};
    for (const size of setting.isSmoke ? sizes.slice(0, 2) : sizes)
      figures[size] = await costWith(size, variant, setting);
    return figures;
  },
};

async function costWith(size, variant, setting) {
  const server = await startServer(variant, setting, size);
  try {
    const requests = paths(size).map((path) => ({ method: 'GET', path }));
    const amount = setting.isSmoke ? size : 10_000;
    const sendAll = (count) => send(server.url, count, { requests });
    await sendAll(amount);
    return await cpuPerRequest(server, amount, sendAll);
  } finally {
    server.stop();
  }
}
