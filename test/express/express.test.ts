/** What the Express adapter promises beyond the contract. */
import { errorHandler, health, requestContext } from '@throughline/express';
import type { Observability } from '@throughline/core';
import express, { type Express, type RequestHandler, Router } from 'express';
import { describe, expect, inject, it } from 'vitest';
import { head, sendRaw } from '../contract/client.js';
import { listen } from '../contract/listen.js';
import { type Service, start } from '../contract/start.js';

/** Starts an application that is built by hand. */
function startApp(build: (app: Express, observability: Observability) => void): Promise<Service> {
  return start({
    name: 'express',
    listen(observability) {
      const app = express();
      build(app, observability);
      return listen(app);
    },
  });
}

describe(`express ${inject('major')} beyond the contract`, () => {
  it.each([
    ['redirects everything', (_req, res) => res.redirect('https://shop.example/')],
    ['refuses who did not log in', (_req, res) => void res.status(401).end()],
    ['limits what one address may ask', (_req, res) => void res.status(429).end()],
    ['throws', () => void JSON.parse('{')],
  ] satisfies [string, RequestHandler][])(
    'answers health that is mounted before middleware that %s',
    async (_, middleware) => {
      const service = await startApp((app, observability) => {
        app.use(requestContext({ observability }));
        app.use('/api', health({ observability }));
        app.use(middleware);
        app.use(errorHandler({ observability }));
      });
      for (const view of ['', '/live', '/ready', '/startup'])
        expect(await service.send(`/api/health${view}`)).toMatchObject({ status: 200 });
      expect((await service.send('/orders')).status).not.toBe(200);
    },
  );

  it('names a route by its template below nested routers, also when it fails', async () => {
    const service = await startApp((app, observability) => {
      const orders = Router().get('/:id', (req, res) => {
        if (req.params['id'] === '8') throw new Error('broken');
        res.send('fine');
      });
      app.use(requestContext({ observability }));
      app.use('/api', Router().use('/orders', orders));
      app.use(errorHandler({ observability }));
    });
    await service.send('/api/orders/7?full=1');
    await service.send('/api/orders/8');
    await service.send('/api/nowhere');
    const { access } = await service.finish();
    expect(access).toMatchObject([
      { path: '/api/orders/7', route: '/api/orders/:id', status: 200 },
      { path: '/api/orders/8', route: '/api/orders/:id', status: 500 },
      { path: '/api/nowhere', status: 404 },
    ]);
    expect(access[2]).not.toHaveProperty('route');
  });

  it.each([
    ['/users/7/orders/8', '/users/:userId/orders/:id'],
    ['/users/users/orders/users', '/users/:userId/orders/:id'],
    ['/users/a%20b/orders/8', '/users/:userId/orders/:id'],
    ['/users/7/deep/7/7', '/users/:userId/deep/:level/:id'],
    ['/users/7/last', '/users/:userId/last'],
  ])('names the route of %s by the placeholders of its routers too', async (path, route) => {
    const service = await startApp((app, observability) => {
      const fine: RequestHandler = (req, res) => void res.send(req.baseUrl);
      const deep = Router({ mergeParams: true }).get('/:id', fine);
      const users = Router({ mergeParams: true }).get('/orders/:id', fine).use('/deep/:level', deep).get('/last', fine);
      app.use(requestContext({ observability }));
      app.use('/users/:userId', users);
    });
    const { body } = await service.send(path);
    expect(path).toContain(body);
    expect(body).toMatch(/^\/users\/[^/]+(\/deep\/7)?$/);
    expect((await service.finish()).access).toMatchObject([{ path, route, status: 200 }]);
  });

  it('names the placeholder above a router that does not merge it into its own', async () => {
    const service = await startApp((app, observability) => {
      app.use(requestContext({ observability }));
      app.use(
        '/users/:userId',
        Router().get('/orders/:id', (_req, res) => void res.send('fine')),
      );
    });
    await service.send('/users/7/orders/8');
    expect((await service.finish()).access).toMatchObject([{ route: '/users/:userId/orders/:id' }]);
  });

  it('gives each request a logger and its id, good also where the context is lost', async () => {
    const lost: (() => void)[] = [];
    const service = await startApp((app, observability) => {
      app.use(requestContext({ observability }));
      app.get('/', (req, res) => {
        req.log.info({ own: req.requestId }, 'in the handler');
        lost.push(() => req.log.info({ own: req.requestId }, 'from outside'));
        res.send('fine');
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

  it.each([
    ['application/json', (id: string) => `{"error":"Internal Server Error","request_id":"${id}"}`],
    ['text/plain', (id: string) => `Internal Server Error\nrequest id: ${id}\n`],
    ['text/html', (id: string) => `<p>request id: ${id}</p>`],
  ])('answers an error with its status and the request id as %s, and nothing of its own', async (type, body) => {
    const service = await startApp((app, observability) => {
      app.use(requestContext({ observability }));
      app.get('/', () => {
        throw new Error('password of the database is x');
      });
      app.use(errorHandler({ observability }));
    });
    const answer = await service.send({ path: '/', headers: { accept: type } });
    expect(answer).toMatchObject({ status: 500, headers: { 'content-type': expect.stringContaining(type) } });
    expect(answer.body).toContain(body(answer.id ?? ''));
    expect(answer.body).not.toContain('password');
  });

  it('answers an error that is the fault of the caller with its own message', async () => {
    const service = await startApp((app, observability) => {
      app.use(requestContext({ observability }));
      app.get('/', () => {
        throw Object.assign(new Error('no such <size>'), { status: 422 });
      });
      app.use(errorHandler({ observability }));
    });
    const { status, id, body } = await service.send('/');
    expect({ status, body: JSON.parse(body) }).toEqual({
      status: 422,
      body: { error: 'no such <size>', request_id: id },
    });
    const html = await service.send({ path: '/', headers: { accept: 'text/html' } });
    expect(html.body).not.toContain('<size>');
  });

  it('answers an error without what the handler had said of another body', async () => {
    const service = await startApp((app, observability) => {
      app.use(requestContext({ observability }));
      app.get('/', (_req, res) => {
        res.set({
          'Content-Encoding': 'gzip',
          'Content-Disposition': 'attachment',
          ETag: '"1"',
          'Last-Modified': 'now',
        });
        res.statusMessage = 'Created';
        res.set('Set-Cookie', 'a=1');
        throw new Error('broken');
      });
      app.use(errorHandler({ observability }));
    });
    const answer = await sendRaw(service.port, head('GET /'));
    expect(answer).toMatch(/^HTTP\/1\.1 500 Internal Server Error\r\n/);
    expect(answer).toMatch(/^set-cookie: a=1\r$/im);
    expect(answer).not.toMatch(/^(content-(encoding|disposition)|etag|last-modified):/im);
  });

  it.each([
    ['keeps what the client has to know', { 'Retry-After': 5, 'WWW-Authenticate': 'Basic' }, /^retry-after: 5\r$/im],
    [
      'drops what is said of another connection or body',
      { 'transfer-encoding': 'chunked', 'content-encoding': 'gzip' },
    ],
    ['drops cookies that another service has set', { 'set-cookie': 'session=1' }],
    ['drops what is no header', { 'bad name\n': 'x', 'x-bad': 'a\nb' }],
  ])('of the headers that an error brings along it %s', async (_, headers, kept = /^content-length: 6\d\r$/im) => {
    const service = await startApp((app, observability) => {
      app.use(requestContext({ observability }));
      app.get('/', () => {
        throw Object.assign(new Error('slow'), { status: 429, headers });
      });
      app.use(errorHandler({ observability }));
    });
    const answer = await sendRaw(service.port, head('GET /'));
    expect(answer).toMatch(/^HTTP\/1\.1 429 Too Many Requests\r\n/);
    expect(answer).toMatch(kept);
    expect(answer).not.toMatch(/^(transfer-encoding|content-encoding|set-cookie|bad name|x-bad)/im);
  });

  it('answers an error that is not to be exposed, or cannot be read, with its status alone', async () => {
    const service = await startApp((app, observability) => {
      app.use(requestContext({ observability }));
      app.get('/hidden', () => {
        throw Object.assign(new Error('no row in accounts'), { status: 403, expose: false });
      });
      app.get('/unreadable', () => {
        throw {
          get status(): number {
            throw new Error('no status');
          },
        };
      });
      app.use(errorHandler({ observability }));
    });
    const { id, ...hidden } = await service.send('/hidden');
    expect(hidden).toMatchObject({ status: 403, body: JSON.stringify({ error: 'Forbidden', request_id: id }) });
    expect(await service.send('/unreadable')).toMatchObject({ status: 500, body: expect.stringContaining('"error"') });
  });

  it("records the error and leaves the answer to the application's own handler when told to pass on", async () => {
    const service = await startApp((app, observability) => {
      app.use(requestContext({ observability }));
      app.get('/', () => {
        throw new Error('broken');
      });
      app.use(errorHandler({ observability, passOn: true }));
      app.use(((_error, _req, res, _next) => void res.status(503).send('theirs')) as express.ErrorRequestHandler);
    });
    expect(await service.send('/')).toMatchObject({ status: 503, body: 'theirs' });
    expect((await service.finish()).lines).toMatchObject([{ level: 'error', status: 503, err: { message: 'broken' } }]);
  });

  it('passes on an error that comes after the headers, and tells of it', async () => {
    const service = await startApp((app, observability) => {
      app.use(requestContext({ observability }));
      app.get('/', (_req, res, next) => {
        res.write('half');
        next(new Error('broken'));
      });
      app.use(errorHandler({ observability }));
    });
    await expect(service.send('/')).rejects.toThrow(/aborted|hang up|ECONNRESET/);
    expect((await service.finish()).lines).toMatchObject([
      { level: 'error', msg: 'request errored', aborted: true, err: { message: 'broken' } },
    ]);
  });

  it('answers health below where it is mounted', async () => {
    const service = await startApp((app, observability) => {
      app.use(requestContext({ observability }));
      app.use('/api', health({ observability, checks: { db: () => Promise.resolve() } }));
    });
    const { status, body } = await service.send('/api/health');
    expect({ status, body: JSON.parse(body) }).toMatchObject({ status: 200, body: { status: 'healthy', db: 'ok' } });
    expect(await service.send('/api/health/ready')).toMatchObject({ status: 200 });
    expect(await service.send('/health')).toMatchObject({ status: 404 });
  });

  it('keeps the context when it is mounted behind a body parser', async () => {
    const service: Service = await startApp((app, observability) => {
      app.use(express.json(), requestContext({ observability }));
      app.post('/', (_req, res) => {
        service.log.info('handled');
        res.send('fine');
      });
    });
    const headers = { 'content-type': 'application/json' };
    const { id } = await service.send({ method: 'POST', path: '/', headers, body: '{}' });
    expect((await service.finish()).lines).toMatchObject([{ msg: 'handled', request_id: id }, { request_id: id }]);
  });
});
