/** cls-hooked for the id and koa-pino-logger for the access line. */
import { randomUUID } from 'node:crypto';
import Router from '@koa/router';
import cls from 'cls-hooked';
import Koa from 'koa';
import koaPinoLogger from 'koa-pino-logger';
import pino from 'pino';

export function createListener() {
  const namespace = cls.createNamespace('bench');
  const log = pino({ mixin: () => ({ request_id: namespace.get('requestId') }) });
  const app = new Koa();
  app.use((ctx, next) => {
    namespace.bindEmitter(ctx.req);
    namespace.bindEmitter(ctx.res);
    return namespace.runAndReturn(() => {
      const requestId = ctx.get('x-request-id') || randomUUID();
      namespace.set('requestId', requestId);
      ctx.set('X-Request-Id', requestId);
      return next();
    });
  });
  const router = new Router().get('/orders/:id', (ctx) => {
    log.info('order read');
    ctx.body = { id: ctx.params.id };
  });
  return app
    .use(koaPinoLogger({ logger: log }))
    .use(router.routes())
    .callback();
}
