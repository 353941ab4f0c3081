/** Floor of the context: one AsyncLocalStorage and the id, by hand, and no line. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import Router from '@koa/router';
import Koa from 'koa';

export function createListener() {
  const storage = new AsyncLocalStorage();
  const app = new Koa();
  app.use((ctx, next) => {
    const requestId = ctx.get('x-request-id') || randomUUID();
    ctx.set('X-Request-Id', requestId);
    return storage.run({ requestId }, next);
  });
  const router = new Router().get('/orders/:id', (ctx) => {
    ctx.body = { id: ctx.params.id };
  });
  return app.use(router.routes()).callback();
}
