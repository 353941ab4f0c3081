/** What Express calls a route: always its template, wherever it is mounted, and never a part of the URL. */
import express, { type Express, type RequestHandler, Router } from 'express';
import { describe, expect, inject, it } from 'vitest';
import { routesOf } from './routes-of.js';

const fine: RequestHandler = (_req, res) => void res.send('fine');
const broken: RequestHandler = () => {
  throw new Error('broken');
};

describe(`a route of express ${inject('major')}`, () => {
  it('has the template of a mount whose value stands elsewhere in the path too', async () => {
    const build = (app: Express): void => void app.use('/:tenant/wild', Router().get('/:id', fine));
    expect(await routesOf(build, '/wild/wild/7', '/a/wild/wild')).toEqual(['/:tenant/wild/:id', '/:tenant/wild/:id']);
  });

  it('is named by the one path that matched of several', async () => {
    const build = (app: Express): void => {
      app.get(['/h/:a', '/i/:b'], fine);
      app.use(['/v1/:x', '/v2/:y'], Router().get(['/c', '/d/:e'], fine));
    };
    expect(await routesOf(build, '/h/1', '/i/2', '/v1/3/c', '/v2/4/d/5')).toEqual([
      '/h/:a',
      '/i/:b',
      '/v1/:x/c',
      '/v2/:y/d/:e',
    ]);
  });

  it('is named after where its router is mounted for this request, when it is mounted twice', async () => {
    const build = (app: Express): void => {
      const orders = Router().get('/orders/:id', fine);
      app.use('/shops/:shop', orders).use('/users/:user', orders);
    };
    expect(await routesOf(build, '/shops/1/orders/2', '/users/1/orders/2')).toEqual([
      '/shops/:shop/orders/:id',
      '/users/:user/orders/:id',
    ]);
  });

  it('has the mounts of applications below one another', async () => {
    const build = (app: Express): void => {
      const inner = express().use('/deep/:level', Router().get('/:id', fine));
      const middle = express().use(['/in/:a', '/into/:b'], inner);
      app.use('/tenants/:tenant', middle);
    };
    const paths = ['/tenants/1/in/2/deep/3/4', '/tenants/1/into/2/deep/3/4'];
    expect(await routesOf(build, ...paths)).toEqual([
      '/tenants/:tenant/in/:a/deep/:level/:id',
      '/tenants/:tenant/into/:b/deep/:level/:id',
    ]);
  });

  it('keeps its template when it fails, below mounts that Express has left by then', async () => {
    const build = (app: Express): void => {
      const inner = Router()
        .get('/:id', broken)
        .use(((error, _req, _res, next) => next(error)) as express.ErrorRequestHandler);
      app.use('/tenants/:tenant', Router().use('/orders', inner));
      app.use(((error, _req, _res, next) => next(error)) as express.ErrorRequestHandler);
    };
    expect(await routesOf(build, '/tenants/5/orders/7')).toEqual(['/tenants/:tenant/orders/:id']);
  });

  it('has a placeholder for a mount that a function of the application hides', async () => {
    const build = (app: Express): void => {
      const hidden = Router().get('/orders/:id', fine);
      app.use('/tenants/:tenant', (req, res, next) => hidden(req, res, next));
    };
    expect(await routesOf(build, '/tenants/1/orders/2', '/tenants/2/orders/3')).toEqual([
      '/:mount/orders/:id',
      '/:mount/orders/:id',
    ]);
  });

  it('has a placeholder for where an application is mounted in a router, which Express tells neither of them', async () => {
    const build = (app: Express): void => void app.use('/plain', Router().use('/routed/:r', express().get('/x', fine)));
    expect(await routesOf(build, '/plain/routed/1/x')).toEqual(['/:mount/x']);
  });

  it('has the expression of a mount that is one', async () => {
    const build = (app: Express): void => void app.use(/^\/t\/[a-z]+/, Router().get('/x', fine));
    const [first, second] = await routesOf(build, '/t/abc/x', '/t/def/x');
    expect(first).toBe(second);
    expect(first).not.toContain('abc');
  });

  it('is found when it was added while the application was serving', async () => {
    const build = (app: Express): void => {
      const orders = Router().get('/first', fine);
      app.use('/tenants/:tenant', orders);
      app.get('/add', (_req, res) => {
        orders.get('/second', fine);
        app.use('/later/:x', orders);
        res.send('added');
      });
    };
    const paths = ['/tenants/1/first', '/add', '/tenants/1/second', '/later/1/second'];
    expect(await routesOf(build, ...paths)).toEqual([
      '/tenants/:tenant/first',
      '/add',
      '/tenants/:tenant/second',
      '/later/:x/second',
    ]);
  });

  it('follows a path that a middleware has rewritten', async () => {
    const build = (app: Express): void => {
      app.use((req, _res, next) => {
        req.url = req.url.replace('/old/', '/new/');
        next();
      });
      app.use('/new/:x', Router().get('/:id', fine));
    };
    expect(await routesOf(build, '/old/1/2')).toEqual(['/new/:x/:id']);
  });

  it('stays, whatever else the application keeps on the request under that name', async () => {
    const seen: unknown[] = [];
    const build = (app: Express): void => {
      app.use((req, _res, next) => {
        req.route = 'early';
        seen.push(req.route);
        next();
      });
      app.get('/orders/:id', (req, res) => {
        const derived = Object.create(req) as typeof req;
        seen.push((derived.route as { path: string }).path);
        req.route = 'late';
        seen.push(req.route);
        res.send('fine');
      });
    };
    expect(await routesOf(build, '/orders/7')).toEqual(['/orders/:id']);
    expect(seen).toEqual(['early', '/orders/:id', 'late']);
  });

  it('has one name for all spellings of its mount', async () => {
    const build = (app: Express): void => void app.use('/Tenants/:tenant', Router().get('/x', fine));
    const routes = await routesOf(build, '/TENANTS/2/x', '/Tenants/1/x', '/tenants/3/x');
    expect(new Set(routes)).toEqual(new Set(['/Tenants/:tenant/x']));
  });
});
