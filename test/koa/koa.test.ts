/** What the Koa adapter promises beyond the contract. */
import { readFile } from 'node:fs/promises';
import Router from '@koa/router';
import type { Observability } from '@throughline/core';
import { health, requestContext } from '@throughline/koa';
import Koa, { type Middleware } from 'koa';
import { describe, expect, inject, it } from 'vitest';
import { listen } from '../contract/listen.js';
import { type Service, start } from '../contract/start.js';

/** Starts an application that is built by hand. */
function startApp(build: (app: Koa, observability: Observability) => void): Promise<Service> {
  return start({
    name: 'koa',
    listen(observability) {
      const app = new Koa();
      app.on('error', () => {});
      build(app, observability);
      return listen(app.callback());
    },
  });
}

/** Koa 2 takes `ENOENT` for a page that is not there; Koa 3 no longer does. */
const missingFile: [status: number, level: string] = inject('major') === 2 ? [404, 'warn'] : [500, 'error'];

describe(`koa ${inject('major')} beyond the contract`, () => {
  it.each([
    ['redirects everything', (ctx) => ctx.redirect('https://shop.example/')],
    ['refuses who did not log in', (ctx) => void (ctx.status = 401)],
    ['limits what one address may ask', (ctx) => void (ctx.status = 429)],
    ['throws', (ctx) => ctx.throw(500)],
  ] satisfies [string, Middleware][])(
    'answers health that is mounted before middleware that %s',
    async (_, middleware) => {
      const service = await startApp((app, observability) => {
        app
          .use(requestContext({ observability }))
          .use(health({ path: '/api/health', observability }))
          .use(middleware);
      });
      for (const view of ['', '/live', '/ready', '/startup'])
        expect(await service.send(`/api/health${view}`)).toMatchObject({ status: 200 });
      expect((await service.send('/orders')).status).not.toBe(200);
    },
  );

  it('names a route by its template below nested routers', async () => {
    const service = await startApp((app, observability) => {
      const orders = new Router({ prefix: '/orders' }).get('/:id', (ctx) => void (ctx.body = 'fine'));
      const api = new Router({ prefix: '/api' }).use(orders.routes());
      app.use(requestContext({ observability })).use(api.routes());
    });
    await service.send('/api/orders/7');
    expect((await service.finish()).access).toMatchObject([{ path: '/api/orders/7', route: '/api/orders/:id' }]);
  });

  it('gives each context a logger and its id, good also where the context is lost', async () => {
    const lost: (() => void)[] = [];
    const service = await startApp((app, observability) => {
      app.use(requestContext({ observability })).use((ctx) => {
        ctx.log.info({ own: ctx.requestId }, 'in the handler');
        lost.push(() => ctx.log.info({ own: ctx.requestId }, 'from outside'));
        ctx.body = 'fine';
      });
    });
    const { id } = await service.send('/');
    lost.forEach((call) => call());
    const { lines } = await service.finish();
    expect(lines.filter(({ own }) => own === id)).toMatchObject([
      { msg: 'in the handler', request_id: id },
      { msg: 'from outside', request_id: id },
    ]);
  });

  it('tells of an error whose message cannot be read', async () => {
    const service = await startApp((app, observability) => {
      app.use(requestContext({ observability })).use(() => {
        throw Object.defineProperty(Object.assign(new Error(), { status: 400 }), 'message', {
          get() {
            throw new Error('no message');
          },
        });
      });
    });
    expect(await service.send('/')).toMatchObject({ status: 400 });
    expect((await service.finish()).lines).toMatchObject([{ status: 400, err: { type: 'Error', message: '' } }]);
  });

  it('tells of an error that a middleware before it throws after the others have answered', async () => {
    const service = await startApp((app, observability) => {
      app.use(async (_ctx, next) => {
        await next();
        throw new Error('no room in the cache');
      });
      app.use(requestContext({ observability })).use((ctx) => void (ctx.body = 'fine'));
    });
    const { status, id } = await service.send({ path: '/', headers: { 'x-request-id': 'demo-1' } });
    expect({ status, id }).toEqual({ status: 500, id: 'demo-1' });
    expect((await service.finish()).lines).toMatchObject([
      { level: 'error', msg: 'request errored', status: 500, err: { message: 'no room in the cache' } },
    ]);
  });

  it.each<[string, number, string, Koa.Middleware]>([
    ['ctx.throw(401)', 401, 'warn', (ctx) => ctx.throw(401)],
    ['a missing file', ...missingFile, async () => void (await readFile('/nowhere/at/all'))],
    ['an assertion of ctx.assert', 403, 'warn', (ctx) => ctx.assert(false, 403, 'no')],
  ])('logs the status that is sent for %s', async (_, status, level, middleware) => {
    const service = await startApp((app, observability) => {
      app.use(requestContext({ observability })).use(middleware);
    });
    const { id } = await service.send('/');
    expect(id).toBeTruthy();
    expect((await service.finish()).lines).toMatchObject([{ level, status, request_id: id }]);
  });

  it('logs a response that bypasses Koa', async () => {
    const service = await startApp((app, observability) => {
      app.use(requestContext({ observability })).use((ctx) => {
        ctx.respond = false;
        ctx.res.writeHead(202, { 'content-length': 4 }).end('fine');
      });
    });
    const { status, id } = await service.send('/');
    expect(status).toBe(202);
    expect((await service.finish()).lines).toMatchObject([{ level: 'info', status: 202, bytes: 4, request_id: id }]);
  });

  it('answers health at the path given', async () => {
    const service = await startApp((app, observability) => {
      app.use(requestContext({ observability }));
      app.use(health({ observability, path: '/api/health', checks: { db: () => Promise.resolve() } }));
    });
    const { status, body } = await service.send('/api/health');
    expect({ status, body: JSON.parse(body) }).toMatchObject({ status: 200, body: { status: 'healthy', db: 'ok' } });
    expect(await service.send('/health')).toMatchObject({ status: 404 });
  });
});
