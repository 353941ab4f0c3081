/** Express: what id, context, lines and metrics add to one request. */
import { requestCost } from '../runner/requests.mjs';
import { workDone } from '../runner/work-done.mjs';

const path = '/orders/7';
const stack = 'cls-rtracer+pino-http+express-prom-bundle';

export const express = {
  name: 'express',
  title: 'Express 5: time of the processor for one request',
  rounds: 5,
  variants: [
    'bare',
    'floor',
    'throughline-context',
    'throughline',
    'throughline-metrics',
    'throughline-whole',
    'pino-http',
    'express-http-context+pino-http',
    'cls-rtracer+pino-http',
    stack,
    'cls-hooked+pino-http',
  ],
  packages: [
    'express',
    'pino',
    'pino-http',
    'cls-rtracer',
    'express-http-context',
    'express-prom-bundle',
    'prom-client',
    'cls-hooked',
  ],
  columns: [{ key: 'cpuUs', name: 'µs', digits: 0 }],
  compare: { by: 'cpuUs', over: 'bare', to: ['floor', stack] },
  measure: (variant, setting) => requestCost(variant, { path, ...setting }),
  describe: (variant, setting) => workDone(variant, { path, ...setting }),
};
