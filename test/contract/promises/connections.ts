/** Connections that stay: streams, events, upgrades and proxies, told once, when they end. */
import { once } from 'node:events';
import { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import { setUser } from '@throughline/core';
import { expect, it, vi } from 'vitest';
import { type Cell, get } from '../cell.js';
import { head, open, write } from '../client.js';
import { moment } from '../moment.js';
import { type Service, start } from '../start.js';

/** Events until nobody listens any more. */
async function* events(onFirst: () => void): AsyncGenerator<string> {
  yield 'data: 1\n\n';
  onFirst();
  await new Promise(() => {});
}

export function promiseConnections(cell: Cell): void {
  it('writes one line when a stream has ended, and none before', async () => {
    const { reached: asked, reach: ask } = moment();
    const { reached: allowed, reach: allow } = moment();
    const body = async function* (): AsyncGenerator<string> {
      yield 'first';
      ask();
      await allowed;
      yield 'last';
    };
    const service: Service = await start(cell, {
      routes: [
        get('/', () => {
          service.log.info('started');
          return { body: Readable.from(body()) };
        }),
      ],
    });
    const answer = service.send('/');
    await asked;
    service.log.info('half way');
    allow();
    expect(await answer).toMatchObject({ body: 'firstlast' });
    const { lines } = await service.finish();
    expect(lines.map(({ msg }) => msg)).toEqual(['started', 'half way', 'request completed']);
  });

  it('tells of server-sent events as completed when the client closes them, as it always does', async () => {
    const { reached, reach } = moment();
    const headers = { 'content-type': 'text/event-stream' };
    const service = await start(cell, {
      authenticate: () => setUser({ id: 42 }),
      routes: [get('/events', () => ({ headers, body: Readable.from(events(reach)) }))],
    });
    const socket = await open(service.port);
    socket.resume();
    await write(socket, head('GET /events', 'X-Request-Id: demo-1'));
    await reached;
    await turn();
    socket.destroy();
    const { lines } = await service.finish();
    expect(lines).toMatchObject([
      { level: 'info', msg: 'request completed', status: 200, request_id: 'demo-1', user_id: '42', route: '/events' },
    ]);
    expect(lines[0]).not.toHaveProperty('aborted');
    expect(lines[0]?.['bytes']).toBeGreaterThanOrEqual('data: 1\n\n'.length);
  });

  it('writes a line at the start of those requests that are given one', async () => {
    const service = await start(cell, {
      request: {
        accessLog: {
          customReceivedMessage: ({ headers }) =>
            headers.accept === 'text/event-stream' ? 'events wanted' : undefined,
        },
      },
      routes: [get('/', () => ({ body: 'fine' }))],
    });
    const { id } = await service.send({ path: '/', headers: { accept: 'text/event-stream' } });
    await service.send('/');
    const { lines } = await service.finish();
    expect(lines.map(({ msg }) => msg)).toEqual(['events wanted', 'request completed', 'request completed']);
    expect(lines[0]).toMatchObject({
      level: 'info',
      logger: 'http',
      request_id: id,
      path: '/',
      client_ip: '127.0.0.1',
    });
  });

  it.each([
    ['has the connection', true],
    ['never gets the connection', false],
  ])('writes one line of an upgraded connection at its end, when its response %s', async (_, isAssigned) => {
    const { reached, reach } = moment();
    const service: Service = await start(cell, {
      authenticate: () => setUser({ id: 42 }),
      routes: [
        get('/live', async ({ req }) => {
          req.socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n');
          req.socket.once('end', () => req.socket.end()).resume();
          service.log.info('connected');
          reach();
          await once(req.socket, 'close');
          return {};
        }),
      ],
    });
    const { server } = service;
    server.on('upgrade', (req) => {
      const res = new ServerResponse(req);
      if (isAssigned) res.assignSocket(req.socket);
      server.emit('request', req, res);
    });
    const socket = await open(service.port);
    socket.resume();
    await write(
      socket,
      'GET /live HTTP/1.1\r\nHost: cell\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nX-Request-Id: demo-1\r\n\r\n',
    );
    await reached;
    socket.destroy();
    await once(socket, 'close');
    const { lines } = await service.finish();
    expect(lines).toMatchObject([
      { msg: 'connected', request_id: 'demo-1' },
      {
        level: 'info',
        msg: 'request completed',
        status: 101,
        route: '/live',
        request_id: 'demo-1',
        user_id: '42',
        client_ip: '127.0.0.1',
      },
    ]);
    expect(lines[1]).not.toHaveProperty('aborted');
  });

  it('writes one line of an upgrade that the application refuses, with the status that it answered', async () => {
    const service = await start(cell);
    const { server } = service;
    server.on('upgrade', (req) => {
      const res = new ServerResponse(req);
      res.assignSocket(req.socket);
      res.once('finish', () => req.socket.end());
      server.emit('request', req, res);
    });
    const headers = { connection: 'upgrade', upgrade: 'websocket' };
    expect(await service.send({ path: '/nowhere', headers })).toMatchObject({ status: 404 });
    const { lines } = await service.finish();
    expect(lines).toMatchObject([{ level: 'warn', msg: 'request completed', status: 404 }]);
    expect(lines[0]).not.toHaveProperty('aborted');
  });

  it('answers a request for an upgrade that nobody takes as any other', async () => {
    const service = await start(cell, { routes: [get('/', () => ({ body: 'fine' }))] });
    const headers = { connection: 'upgrade, close', upgrade: 'websocket' };
    expect(await service.send({ path: '/', headers })).toMatchObject({ status: 200, body: 'fine' });
    expect((await service.finish()).lines).toMatchObject([{ status: 200, msg: 'request completed' }]);
  });

  it('tells how long a request took although the clock of the machine is set back meanwhile', async () => {
    const now = Date.now.bind(Date);
    const service = await start(cell, {
      routes: [
        get('/', () => {
          vi.spyOn(Date, 'now').mockImplementation(() => now() - 3_600_000);
          return { body: 'fine' };
        }),
      ],
    });
    await service.send('/').finally(() => vi.restoreAllMocks());
    const [line] = (await service.finish()).lines;
    expect(line?.['duration_ms']).toBeGreaterThan(0);
    expect(line?.['duration_ms']).toBeLessThan(60_000);
  });
}
