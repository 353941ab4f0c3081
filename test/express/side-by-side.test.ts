import { createObservability, getContext, getRequestId } from '@throughline/core';
import { health, requestContext } from '@throughline/express';
import { createNamespace, destroyNamespace } from 'cls-hooked';
import express from 'express';
import supertest from 'supertest';
import { describe, expect, it, vi } from 'vitest';

function observed() {
  const lines: Record<string, unknown>[] = [];
  const destination = { write: (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>) };
  return { lines, observability: createObservability({ isolated: true, exporters: [], log: { destination } }) };
}

describe('beside what an application uses already', () => {
  it('works under supertest, without a port of its own', async () => {
    const { lines, observability } = observed();
    const app = express().use(requestContext({ observability })).use('/api', health({ observability }));
    app.get('/orders/:id', (_req, res) => void res.json({ request_id: getRequestId() }));

    await supertest(app)
      .get('/orders/7')
      .set('X-Request-Id', 'demo-1')
      .expect(200, { request_id: 'demo-1' })
      .expect('X-Request-Id', 'demo-1');
    await supertest(app).get('/api/health').expect(200).expect('Cache-Control', 'no-store');
    expect(lines).toMatchObject([{ msg: 'request completed', route: '/orders/:id', request_id: 'demo-1' }]);
  });

  it('leaves a cls-hooked namespace as it is, and is left as it is by it', async () => {
    const { observability } = observed();
    const namespace = createNamespace('legacy');
    const app = express().use(requestContext({ observability }));
    app.use((req, _res, next) => {
      namespace.run(() => {
        namespace.set('tenant', req.get('x-tenant'));
        next();
      });
    });
    app.get('/', async (_req, res) => {
      await new Promise(setImmediate);
      res.json({ tenant: namespace.get('tenant') as string, request_id: getContext()?.requestId });
    });
    const agent = supertest(app);
    const answers = await Promise.all(
      ['a', 'b', 'c'].map((id) => agent.get('/').set({ 'x-tenant': `tenant-${id}`, 'x-request-id': `request-${id}` })),
    );
    destroyNamespace('legacy');
    expect(answers.map(({ body }) => body as unknown)).toEqual(
      ['a', 'b', 'c'].map((id) => ({ tenant: `tenant-${id}`, request_id: `request-${id}` })),
    );
  });

  it('sees a request to its end that went through an application mounted inside, and those of that application alone', async () => {
    const { lines, observability } = observed();
    const inner = express().use(requestContext({ observability }));
    const outer = express().use('/inner', inner);
    outer.use((_req, res) => void res.status(404).json({ request_id: getRequestId() }));

    await supertest(outer).get('/inner/unknown').set('X-Request-Id', 'demo-1').expect('X-Request-Id', 'demo-1');
    const { headers } = await supertest(outer).get('/unknown').expect(404, {});
    expect(headers).not.toHaveProperty('x-request-id');
    expect(lines).toMatchObject([{ msg: 'request completed', path: '/inner/unknown', status: 404 }]);
  });

  it('knows the route, whichever copy of this package watches an application of the process', async () => {
    const { lines, observability } = observed();
    vi.resetModules();
    const another = await import('@throughline/express');
    expect(another.requestContext).not.toBe(requestContext);
    for (const middleware of [requestContext({ observability }), another.requestContext({ observability })]) {
      const app = express().use(middleware);
      app.get('/orders/:id', (_req, res) => void res.json({}));
      await supertest(app).get('/orders/7').expect(200);
    }
    expect(lines).toMatchObject([{ route: '/orders/:id' }, { route: '/orders/:id' }]);
  });

  it('leaves another application of the same process as it was', async () => {
    const { observability } = observed();
    const watched = express().use(requestContext({ observability }));
    await supertest(watched).get('/').expect(404);
    const other = express();
    const events: string[] = [];
    other.get('/', (_req, res) => {
      res.on('close', () => events.push(`close in ${getRequestId()}`));
      res.writeHead(200, { 'X-Own': 'kept' }).end('ok');
    });
    await supertest(other).get('/').expect(200, 'ok').expect('X-Own', 'kept');
    expect(events).toEqual(['close in undefined']);
  });
});
