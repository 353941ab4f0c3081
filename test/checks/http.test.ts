import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { httpCheck } from '@throughline/core/checks/http';
import { afterEach, describe, expect, it } from 'vitest';
import { describeCheck, healthOf, PASSWORD, unhurried } from '../contract/check.js';

const authorized = `Basic ${Buffer.from(`shop:${PASSWORD}`).toString('base64')}`;

describeCheck({
  name: 'http',
  start: () => serve((req, res) => res.writeHead(req.headers.authorization === authorized ? 204 : 401).end()),
  connect: async (port, password) => ({
    check: (options) => httpCheck(`http://shop:${password}@127.0.0.1:${port}/live`, options),
    disconnected: async () => {},
    reconnected: async () => {},
    close: () => {},
  }),
  codes: { closed: 'REFUSED', denied: 'HTTP_ERROR' },
  misuse: (given) => httpCheck(given as string),
});

let server: Awaited<ReturnType<typeof serve>> | undefined;
afterEach(() => server?.stop());

async function serve(listener: RequestListener): Promise<{ port: number; stop(): Promise<unknown> }> {
  const listening = createServer(listener).listen(0, '127.0.0.1');
  await once(listening, 'listening');
  return {
    port: (listening.address() as AddressInfo).port,
    async stop() {
      listening.closeAllConnections();
      await new Promise((resolve) => listening.close(resolve));
    },
  };
}

/** Checks a server that answers like this, once. */
async function check(listener: RequestListener, options = unhurried): Promise<object> {
  server = await serve(listener);
  return (
    (await healthOf(httpCheck(new URL(`http://127.0.0.1:${server.port}/live?deep=1`), options)).check()).checks[0] ?? {}
  );
}

describe('httpCheck', () => {
  it.each([200, 204, 301, 304])('takes %i for up', async (status) => {
    expect(await check((_req, res) => res.writeHead(status).end())).toMatchObject({ status: 'ok' });
  });

  it.each([400, 404, 429, 500, 503])('takes %i for down with HTTP_ERROR', async (status) => {
    expect(await check((_req, res) => res.writeHead(status).end())).toMatchObject({
      status: 'down',
      code: 'HTTP_ERROR',
    });
  });

  it('follows no redirect', async () => {
    const paths: unknown[] = [];
    await check((req, res) => {
      paths.push(req.url);
      res.writeHead(302, { location: '/elsewhere' }).end();
    });
    expect(paths).toEqual(['/live?deep=1']);
  });

  it('does not wait for a body that never ends, and hangs up on it', async () => {
    let closed: Promise<unknown> | undefined;
    const report = await check((_req, res) => {
      closed = once(res, 'close');
      res.writeHead(200).write('first');
    });
    expect(report).toMatchObject({ status: 'ok' });
    await expect(closed).resolves.toBeDefined();
  });

  it('hangs up on a server that does not answer in time', async () => {
    let closed: Promise<unknown> | undefined;
    const listener: RequestListener = (_req, res) => void (closed = once(res, 'close'));
    expect(await check(listener, { timeoutMs: 50 })).toMatchObject({ status: 'down', code: 'TIMEOUT' });
    await expect(closed).resolves.toBeDefined();
  });

  it('asks for a connection of its own, whatever the agents of the app are busy with', async () => {
    const connection: unknown[] = [];
    await check((req, res) => {
      connection.push(req.headers.connection);
      res.end();
    });
    expect(connection).toEqual(['close']);
  });

  it('is down with DISCONNECTED when the server hangs up', async () => {
    expect(await check((req) => req.socket.destroy())).toMatchObject({ status: 'down', code: 'DISCONNECTED' });
  });

  it('is down with TLS when the server does not speak it', async () => {
    server = await serve((_req, res) => res.end());
    const report = await healthOf(httpCheck(`https://127.0.0.1:${server.port}`, unhurried)).check();
    expect(report.checks).toMatchObject([{ status: 'down', code: 'TLS' }]);
  });

  it('names the host and the port that are asked, without the password', () => {
    expect(httpCheck('http://shop:hunter2@stock:3001/live?key=hunter2').target).toBe('stock:3001');
  });

  it.each(['localhost:3000/health', 'ftp://a.example', '/health', ''])('refuses %j as a URL', (url) => {
    expect(() => httpCheck(url)).toThrow(/^httpCheck\.url must be a URL with http:\/\/ or https:\/\//);
  });
});
