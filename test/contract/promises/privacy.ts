/** Privacy: what was secret in a request is on no line, and in no exported error. */
import { expect, it } from 'vitest';
import { type Cell, post } from '../cell.js';
import { startSink } from '../sink.js';
import { type Service, start } from '../start.js';

const secret = 'hush-hush';

/** An error as an HTTP client makes it, with the whole call on it. */
function clientError(): Error {
  const config = {
    headers: { Authorization: `Bearer ${secret}` },
    data: { password: secret },
    auth: { token: secret },
  };
  return Object.assign(new Error('inventory answered 500'), { config, request: { headers: { cookie: secret } } });
}

export function promisePrivacy(cell: Cell): void {
  it('writes and exports nothing secret of headers, bodies, URLs and errors', async () => {
    const sink = await startSink();
    const service: Service = await start(cell, {
      exporters: [sink.exporter],
      routes: [
        post('/orders', ({ req, body }) => {
          service.log.info({ headers: req.headers, body }, 'taking an order');
          service.log.warn({ user: { name: 'Ann', PassWord: secret } }, 'weak password');
          throw clientError();
        }),
      ],
    });
    const headers = {
      authorization: `Bearer ${secret}`,
      cookie: `session=${secret}`,
      'x-api-key': secret,
      'content-type': 'application/json',
    };
    const body = JSON.stringify({ item: 7, password: secret, card: { token: secret } });
    const { id } = await service.send({ method: 'POST', path: `/orders?access_token=${secret}`, headers, body });
    const { lines } = await service.finish();
    await service.observability.flush({ timeoutMs: 5000 });
    expect(lines).toMatchObject([
      { msg: 'taking an order', request_id: id, body: { item: 7 } },
      { msg: 'weak password', request_id: id, user: { name: 'Ann' } },
      { msg: 'request errored', request_id: id, err: { message: 'inventory answered 500' } },
    ]);
    for (const { text } of lines) expect(text).not.toContain(secret);
    expect(JSON.stringify(sink.records)).toContain('inventory answered 500');
    expect(JSON.stringify(sink.records)).not.toContain(secret);
  });

  it('writes nothing secret of a path that has a URL or parameters in it', async () => {
    const service = await start(cell, {});
    for (const path of [`/fetch/https://ann:${secret}@host/x`, `/orders;token=${secret}/7`]) await service.send(path);
    const { access } = await service.finish();
    expect(access.map(({ path }) => path)).toEqual([
      '/fetch/https://ann:[Redacted]@host/x',
      '/orders;token=[Redacted]',
    ]);
    for (const { text } of access) expect(text).not.toContain(secret);
  });

  it('writes nothing secret of a body that is no JSON, although the parser quotes it', async () => {
    const service = await start(cell, { routes: [post('/orders', () => ({ body: 'stored' }))] });
    const headers = { 'content-type': 'application/json' };
    await service.send({ method: 'POST', path: '/orders', headers, body: `{"customer_password":${secret}}` });
    const { lines } = await service.finish();
    expect(lines).toMatchObject([{ status: 400, err: { message: expect.any(String) } }]);
    for (const { text } of lines) expect(text).not.toContain(secret);
  });
}
