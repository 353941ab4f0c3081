/** Start: what an application takes until it listens. */
import { startServer } from '../runner/requests.mjs';

export const start = {
  name: 'start',
  folder: 'express',
  title: 'Starting an Express application, until it listens',
  rounds: 7,
  variants: [
    'bare',
    'throughline',
    'throughline-metrics',
    'throughline-whole',
    'pino-http',
    'cls-rtracer+pino-http+express-prom-bundle',
    'evlog',
    'opentelemetry',
  ],
  packages: ['express', 'pino-http', 'express-prom-bundle', 'evlog', '@opentelemetry/instrumentation-express'],
  columns: [
    { key: 'cpuMs', name: 'processor, ms', digits: 0 },
    { key: 'wallMs', name: 'wall, ms', digits: 0 },
    { key: 'rssMiB', name: 'memory of the process, MiB', digits: 0 },
  ],
  compare: { by: 'cpuMs', over: 'bare', to: ['pino-http'] },
  async measure(variant, setting) {
    const server = await startServer(variant, setting);
    try {
      const { cpuUs, wallMs } = server.start;
      const { rss } = await server.ask('memory');
      return { cpuMs: cpuUs / 1_000, wallMs, rssMiB: rss / 2 ** 20 };
    } finally {
      server.stop();
    }
  },
};
