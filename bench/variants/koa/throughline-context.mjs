/** Throughline, its context alone: no access line, and the handler logs nothing. */
import Router from '@koa/router';
import { createObservability } from '@throughline/core';
import { requestContext } from '@throughline/koa';
import Koa from 'koa';

export function createListener() {
  createObservability({ exporters: [] });
  const router = new Router().get('/orders/:id', (ctx) => {
    ctx.body = { id: ctx.params.id };
  });
  return new Koa()
    .use(requestContext({ accessLog: false }))
    .use(router.routes())
    .callback();
}
