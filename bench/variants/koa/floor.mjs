/** Floor: the least that writes the two lines, by hand: one AsyncLocalStorage, one pino. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import Router from '@koa/router';
import Koa from 'koa';
import pino from 'pino';

export function createListener() {
  const log = pino();
  const storage = new AsyncLocalStorage();
  const app = new Koa();
  app.use((ctx, next) => {
    const requestId = ctx.get('x-request-id') || randomUUID();
    const startMs = performance.now();
    ctx.set('X-Request-Id', requestId);
    ctx.res.on('close', () => {
      const { method, path, status } = ctx;
      const durationMs = performance.now() - startMs;
      log.info({ request_id: requestId, method, path, status, duration_ms: durationMs }, 'request completed');
    });
    return storage.run({ requestId }, next);
  });
  const router = new Router().get('/orders/:id', (ctx) => {
    log.info({ request_id: storage.getStore().requestId }, 'order read');
    ctx.body = { id: ctx.params.id };
  });
  return app.use(router.routes()).callback();
}
