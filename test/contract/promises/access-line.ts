/** The access line: one per request, with what came of it. */
import { Readable } from 'node:stream';
import { setContext } from '@throughline/core';
import { expect, it } from 'vitest';
import { type Cell, get, post } from '../cell.js';
import { repeatedKeys } from '../json-keys.js';
import { type Service, start } from '../start.js';

/** Starts a service that answers with the status asked for. */
function startStatus(cell: Cell): Promise<Service> {
  return start(cell, {
    routes: [get('/status/:code', ({ params }) => ({ status: Number(params['code']), body: 'answered' }))],
  });
}

export function promiseAccessLine(cell: Cell): void {
  it('tells what was asked, what was answered, to whom and how long it took', async () => {
    const service = await start(cell, { routes: [get('/orders/:id', () => ({ status: 201, body: 'seven' }))] });
    const headers = { 'user-agent': 'contract/1.0', 'x-request-id': 'demo-1' };
    await service.send({ path: '/orders/7?token=hush', headers });
    const { lines } = await service.finish();
    expect(lines).toEqual([
      {
        text: expect.not.stringContaining('hush'),
        level: 'info',
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
        service: 'cell',
        env: 'test',
        version: '1.0.0',
        logger: expect.any(String),
        msg: 'request completed',
        request_id: 'demo-1',
        method: 'GET',
        path: '/orders/7',
        route: '/orders/:id',
        status: 201,
        bytes: 5,
        duration_ms: expect.any(Number),
        client_ip: '127.0.0.1',
        user_agent: 'contract/1.0',
      },
    ]);
    expect(lines[0]?.['duration_ms']).toBeGreaterThan(0);
  });

  it.each([
    [200, 'info'],
    [302, 'info'],
    [404, 'warn'],
    [422, 'warn'],
    [500, 'error'],
    [503, 'error'],
  ])('logs a %i at %s', async (status, level) => {
    const service = await startStatus(cell);
    await service.send(`/status/${status}`);
    expect((await service.finish()).lines).toMatchObject([{ status, level }]);
  });

  it('has a route of the template and not of the URL', async () => {
    const handled = { body: 'fine' };
    const service = await start(cell, {
      routes: [get('/', () => handled), get('/shops/:shop/orders/:id', () => handled), post('/orders', () => handled)],
    });
    await service.send('/');
    await service.send('/shops/1/orders/2?page=3');
    await service.send({ method: 'POST', path: '/orders' });
    const routes = (await service.finish()).access.map(({ route }) => route);
    expect(routes).toEqual(['/', '/shops/:shop/orders/:id', '/orders']);
  });

  it.each([
    ['GET', '/nowhere'],
    ['GET', '/orders/7/nowhere'],
    ['POST', '/orders/7'],
    ['DELETE', '/orders/7'],
  ])('has no route when none matches, as for %s %s', async (method, path) => {
    const service = await start(cell, { routes: [get('/orders/:id', () => ({ body: 'fine' }))] });
    const { status, id } = await service.send({ method, path });
    expect(status).toBeGreaterThanOrEqual(404);
    const { access } = await service.finish();
    expect(access).toMatchObject([{ level: 'warn', method, path, request_id: id, status }]);
    expect(access[0]).not.toHaveProperty('route');
  });

  it('logs HEAD with the route of GET and no bytes', async () => {
    const service = await start(cell, { routes: [get('/orders/:id', () => ({ body: 'seven' }))] });
    const { body } = await service.send({ method: 'HEAD', path: '/orders/7' });
    expect(body).toBe('');
    expect((await service.finish()).lines).toMatchObject([
      { method: 'HEAD', status: 200, route: '/orders/:id', bytes: 0, level: 'info' },
    ]);
  });

  it('counts the bytes of a streamed body', async () => {
    const body = 'x'.repeat(100_000);
    const service = await start(cell, { routes: [get('/', () => ({ body: Readable.from([body, body]) }))] });
    await service.send('/');
    const [line] = (await service.finish()).access;
    expect(line).toMatchObject({ status: 200 });
    expect(line?.['bytes']).toBeGreaterThanOrEqual(200_000);
    expect(line?.['bytes']).toBeLessThan(200_100);
  });

  it('logs probes at debug only', async () => {
    const service = await start(cell);
    for (const path of ['/health', '/health/live', '/health/ready']) await service.send(path);
    const { lines } = await service.finish();
    expect(lines.filter(({ msg }) => msg.startsWith('request '))).toHaveLength(3);
    for (const line of lines) expect(line.level).toBe('debug');
  });

  it('logs a probe that fails above debug', async () => {
    const service = await start(cell);
    service.observability.health.register('db', () => Promise.reject(new Error('down')));
    expect(await service.send('/health')).toMatchObject({ status: 503 });
    expect((await service.finish()).access).toMatchObject([
      { level: expect.stringMatching(/warn|error/), status: 503 },
    ]);
  });

  it('writes no key twice on a line, even when fields of the application have our names', async () => {
    expect(repeatedKeys('{"a":1,"b":{"a":2,"c":[{"d":"\\"e\\":"}]},"b":3}')).toEqual(['b']);
    const names = 'level time service env version logger msg request_id method path user_id status route err trace_id';
    const clash = Object.fromEntries(names.split(' ').map((name) => [name, 'theirs']));
    const service: Service = await start(cell, {
      routes: [
        get('/', () => {
          service.log.info(clash, 'in the call');
          service.log.child(clash).info({ status: 'again' }, 'in a child');
          setContext({ ...clash, order_id: 7 });
          service.log.info({ order_id: 8 }, 'in the context');
          throw new Error('and in a failure');
        }),
      ],
    });
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const { id } = await service.send({ path: '/', headers: { traceparent } });
    const { lines } = await service.finish();
    expect(lines).toHaveLength(4);
    for (const line of lines) {
      expect(repeatedKeys(line.text)).toEqual([]);
      expect(line).toMatchObject({ service: 'cell', request_id: id, method: 'GET', path: '/' });
    }
    expect(lines.map(({ msg, level }) => [msg, level])).toEqual([
      ['in the call', 'info'],
      ['in a child', 'info'],
      ['in the context', 'info'],
      ['request errored', 'error'],
    ]);
    expect(lines[3]).toMatchObject({ status: 500, err: { message: 'and in a failure' } });
  });
}
