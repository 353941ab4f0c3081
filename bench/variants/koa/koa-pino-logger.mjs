/** koa-pino-logger as it comes: the handler logs through `ctx.log`. */
import Router from '@koa/router';
import Koa from 'koa';
import koaPinoLogger from 'koa-pino-logger';

export function createListener() {
  const router = new Router().get('/orders/:id', (ctx) => {
    ctx.log.info('order read');
    ctx.body = { id: ctx.params.id };
  });
  return new Koa().use(koaPinoLogger()).use(router.routes()).callback();
}
