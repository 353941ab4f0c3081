import Router from '@koa/router';
import { metrics, requestContext } from '@throughline/koa';
import Koa from 'koa';
import { Registry } from 'prom-client';
import { expect, inject, it } from 'vitest';
import { counted, flood, floodTimeoutMs } from '../contract/flood.js';
import { listen } from '../contract/listen.js';
import { start } from '../contract/start.js';

it(`a flood adds at most one route in koa ${inject('major')}`, { timeout: floodTimeoutMs }, async () => {
  const service = await start({
    name: 'koa',
    listen(observability) {
      const orders = new Router().get('/orders', (ctx) => void (ctx.body = 'fine'));
      const router = new Router().use('/tenants/:tid', orders.routes());
      const app = new Koa();
      app.use(requestContext({ observability })).use(metrics({ observability, registry: new Registry() }));
      app.use(router.routes()).use(router.allowedMethods());
      return listen(app.callback());
    },
  });
  expect(await flood(service)).toEqual(counted);
});
