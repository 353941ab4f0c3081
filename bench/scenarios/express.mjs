/** Express: what id, context, lines and metrics add to one request. */
import { requestScenario } from '../runner/request-scenario.mjs';

const stack = 'cls-rtracer+pino-http+express-prom-bundle';

export const express = requestScenario({
  name: 'express',
  title: 'Express 5: time of the processor for one request',
  stack,
  variants: [
    'bare',
    'floor-context',
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
    'evlog',
    'opentelemetry',
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
    'evlog',
    '@opentelemetry/instrumentation-express',
  ],
});
