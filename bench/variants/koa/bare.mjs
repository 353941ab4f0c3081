/** Bare: the route and nothing else. */
import Router from '@koa/router';
import Koa from 'koa';

export function createListener() {
  const router = new Router().get('/orders/:id', (ctx) => {
    ctx.body = { id: ctx.params.id };
  });
  return new Koa().use(router.routes()).callback();
}
