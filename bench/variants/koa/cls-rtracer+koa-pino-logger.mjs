/** The stack that is replaced: cls-rtracer for the id, koa-pino-logger for the access line, joined by a mixin. */
import Router from '@koa/router';
import rTracer from 'cls-rtracer';
import Koa from 'koa';
import koaPinoLogger from 'koa-pino-logger';
import pino from 'pino';

export function createListener() {
  const log = pino({ mixin: () => ({ request_id: rTracer.id() }) });
  const router = new Router().get('/orders/:id', (ctx) => {
    log.info('order read');
    ctx.body = { id: ctx.params.id };
  });
  return new Koa()
    .use(rTracer.koaMiddleware({ useHeader: true, echoHeader: true }))
    .use(koaPinoLogger({ logger: log }))
    .use(router.routes())
    .callback();
}
