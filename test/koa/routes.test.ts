/** What @koa/router calls a route: always its template, with all prefixes, and never a part of the URL. */
import Router, { type RouterMiddleware } from '@koa/router';
import { requestContext } from '@throughline/koa';
import Koa from 'koa';
import { expect, inject, it } from 'vitest';
import { listen } from '../contract/listen.js';
import { start } from '../contract/start.js';

const fine: RouterMiddleware = (ctx) => void (ctx.body = 'fine');
const goOn: RouterMiddleware = (_ctx, next) => next();
const broken: RouterMiddleware = () => {
  throw new Error('broken');
};

/** A router below a prefix with a parameter, in one below another. */
function nested(handler: RouterMiddleware): Router {
  const inner = new Router({ prefix: '/b/:b' }).get('/c/:c', handler);
  return new Router({ prefix: '/a/:a' }).use(goOn).use(inner.routes());
}

/** In each path, `aa1` and `bb2` are values. */
it.each<[what: string, router: () => Router, path: string, route: string | undefined]>([
  ['prefixes', () => new Router({ prefix: '/a/:a' }).get('/b/:b', fine), '/a/aa1/b/bb2', '/a/:a/b/:b'],
  ['routers in routers', () => nested(fine), '/a/aa1/b/bb2/c/aa1', '/a/:a/b/:b/c/:c'],
  ['routers in routers, when it fails', () => nested(broken), '/a/aa1/b/bb2/c/aa1', '/a/:a/b/:b/c/:c'],
  ['routers in routers, when nothing matches', () => nested(fine), '/a/aa1/b/bb2', undefined],
  [
    'a router that is used below a path',
    () => new Router().use('/a/:a', new Router().get('/b/:b', fine).routes()),
    '/a/aa1/b/bb2',
    '/a/:a/b/:b',
  ],
  ['an expression', () => new Router().get(/^\/a\/(\w+)$/, fine), '/a/aa1', '/^\\/a\\/(\\w+)$/'],
  ['several paths', () => new Router().get(['/a/:a', '/b/:b'], fine), '/b/aa1', '/b/:b'],
  ['a wildcard', () => new Router().get('/a{/*rest}', fine), '/a/aa1/bb2', '/a{/*rest}'],
  ['a method that the route has not', () => new Router().post('/a/:a', fine), '/a/aa1', undefined],
  ['middleware for every path', () => new Router().use(goOn).get('/a', fine), '/aa1', undefined],
])(`a route of koa ${inject('major')} is its template alone with %s`, async (_, make, path, route) => {
  const service = await start({
    name: 'koa',
    listen(observability) {
      const app = new Koa();
      const router = make();
      app.use(requestContext({ observability })).use(router.routes()).use(router.allowedMethods());
      return listen(app.callback());
    },
  });
  await service.send(path);
  expect((await service.finish()).access.map((line) => line['route'])).toEqual([route]);
});
