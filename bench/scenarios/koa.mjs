/** Koa: what id, context, lines and metrics add to one request. */
import { requestScenario } from '../runner/request-scenario.mjs';

const stack = 'cls-rtracer+koa-pino-logger';

export const koa = requestScenario({
  name: 'koa',
  title: 'Koa 3: time of the processor for one request',
  stack,
  variants: [
    'bare',
    'floor-context',
    'floor',
    'throughline-context',
    'throughline',
    'throughline-metrics',
    'throughline-whole',
    'koa-pino-logger',
    stack,
    'cls-hooked+koa-pino-logger',
    'opentelemetry',
  ],
  packages: [
    'koa',
    '@koa/router',
    'pino',
    'koa-pino-logger',
    'cls-rtracer',
    'cls-hooked',
    '@opentelemetry/instrumentation-koa',
  ],
});
