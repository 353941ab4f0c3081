/** Throughline with metrics. */
import Router from '@koa/router';
import { createObservability, getLogger } from '@throughline/core';
import { metrics, requestContext } from '@throughline/koa';
import Koa from 'koa';

export function createListener() {
  createObservability({ exporters: [] });
  const log = getLogger('orders');
  const router = new Router().get('/orders/:id', (ctx) => {
    log.info('order read');
    ctx.body = { id: ctx.params.id };
  });
  return new Koa().use(requestContext()).use(metrics()).use(router.routes()).callback();
}
