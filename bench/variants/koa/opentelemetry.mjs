/** OpenTelemetry's instrumentation of http and Koa: spans in place of an access line; the handler's line has the trace. */
import { KoaInstrumentation } from '@opentelemetry/instrumentation-koa';
import pino from 'pino';
import { startTracing, traceMixin } from '../tracing.mjs';

export async function createListener() {
  startTracing(new KoaInstrumentation());
  const { default: Koa } = await import('koa');
  const { default: Router } = await import('@koa/router');
  const log = pino({ mixin: traceMixin });
  const router = new Router().get('/orders/:id', (ctx) => {
    log.info('order read');
    ctx.body = { id: ctx.params.id };
  });
  return new Koa().use(router.routes()).callback();
}
