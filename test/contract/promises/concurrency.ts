/** Concurrency: requests that run side by side, or after one another on one connection, share nothing. */
import { EventEmitter } from 'node:events';
import { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { getContext, getRequestId, setContext, setUser } from '@throughline/core';
import { expect, it } from 'vitest';
import { type Cell, get } from '../cell.js';
import { head, idsIn, sendRaw } from '../client.js';
import { moment } from '../moment.js';
import { type Service, start } from '../start.js';

/** Starts a service that keeps what each request finds before it adds something of its own. */
async function startVisits(cell: Cell, seen: unknown[]): Promise<Service> {
  const look = (): unknown => seen.push({ ...getContext()?.fields, user: getContext()?.user });
  const service: Service = await start(cell, {
    before: [(_req, _res, next) => (look(), next())],
    routes: [
      get('/visits/:name', async ({ params }) => {
        look();
        setContext({ [`of_${params['name']}`]: true });
        setUser({ id: params['name'] ?? '' });
        await delay(1);
        service.log.info(`visit of ${params['name']}`);
        return { body: getRequestId() ?? 'none' };
      }),
    ],
  });
  return service;
}

function visit(name: string, connection: 'keep-alive' | 'close'): string {
  return `GET /visits/${name} HTTP/1.1\r\nHost: cell\r\nX-Request-Id: of-${name}\r\nConnection: ${connection}\r\n\r\n`;
}

async function expectTwoVisits(service: Service, received: string, seen: unknown[]): Promise<void> {
  expect(idsIn(received)).toEqual(['of-a', 'of-b']);
  expect(seen).toEqual(Array.from({ length: 4 }, () => ({ user: undefined })));
  const { lines } = await service.finish();
  expect(lines).toHaveLength(4);
  for (const name of ['a', 'b']) {
    const other = name === 'a' ? 'of_b' : 'of_a';
    const own = lines.filter(({ request_id: id }) => id === `of-${name}`);
    expect(own).toMatchObject([
      { msg: `visit of ${name}`, user_id: name, [`of_${name}`]: true },
      { msg: 'request completed', user_id: name, [`of_${name}`]: true },
    ]);
    for (const line of own) expect(line).not.toHaveProperty(other);
  }
}

export function promiseConcurrency(cell: Cell): void {
  it('does not let two requests on one keep-alive connection see each other', async () => {
    const seen: unknown[] = [];
    const service = await startVisits(cell, seen);
    const received = await sendRaw(service.port, visit('a', 'keep-alive'), visit('b', 'close'));
    await expectTwoVisits(service, received, seen);
  });

  it('does not let two pipelined requests see each other', async () => {
    const seen: unknown[] = [];
    const service = await startVisits(cell, seen);
    const received = await sendRaw(service.port, visit('a', 'keep-alive') + visit('b', 'close'));
    await expectTwoVisits(service, received, seen);
  });

  it('counts the bytes of pipelined responses apart, although the second waits for the first', async () => {
    const { reached: second, reach } = moment();
    const service = await start(cell, {
      routes: [
        get('/first', async () => {
          await second;
          return { body: Readable.from(['one']) };
        }),
        get('/second', () => {
          reach();
          return { body: Readable.from(['twenty', 'two']) };
        }),
      ],
    });
    const received = await sendRaw(service.port, 'GET /first HTTP/1.1\r\nHost: cell\r\n\r\n' + head('GET /second'));
    const bodies = received.split(/HTTP\/1\.1 200 OK\r\n.*?\r\n\r\n/s).slice(1);
    expect(bodies.join()).toMatch(/one.*twenty.*two/s);
    const { access } = await service.finish();
    expect(access.map(({ path, bytes }) => [path, bytes])).toEqual([
      ['/first', bodies[0]?.length],
      ['/second', bodies[1]?.length],
    ]);
  });

  it('never mixes the ids of 200 concurrent requests with random delays', async () => {
    const shared = new EventEmitter().setMaxListeners(0);
    const service: Service = await start(cell, {
      routes: [
        get('/visits/:name', async ({ params }) => {
          await delay(Math.random() * 20);
          service.log.info({ visitor: params['name'] }, 'after a delay');
          await new Promise<void>((resolve) => {
            shared.once(`go-${params['name']}`, resolve);
            setTimeout(() => shared.emit(`go-${params['name']}`), Math.random() * 20);
          });
          service.log.info({ visitor: params['name'] }, 'after an event');
          return { body: getRequestId() ?? 'none' };
        }),
      ],
    });
    const names = Array.from({ length: 200 }, (_, index) => `n${index}`);
    const answers = await Promise.all(
      names.map((name) => service.send({ path: `/visits/${name}`, headers: { 'x-request-id': name } })),
    );
    expect(answers.map(({ id, body }) => [id, body])).toEqual(names.map((name) => [name, name]));
    const { lines } = await service.finish();
    expect(lines).toHaveLength(3 * names.length);
    for (const { request_id: id, visitor, path } of lines) {
      expect(path).toBe(`/visits/${id}`);
      expect(visitor ?? id).toBe(id);
    }
  });
}
