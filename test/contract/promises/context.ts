/** The context: every piece of work that a request starts belongs to it. */
import { EventEmitter, once } from 'node:events';
import { readFile } from 'node:fs';
import { Readable, Transform } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { bindContext, getContext, getRequestId, runOutsideContext } from '@throughline/core';
import { expect, it } from 'vitest';
import { type Cell, get, post, unparsedType } from '../cell.js';
import { head, sendRaw } from '../client.js';
import { type Service, start } from '../start.js';

type Id = string | undefined;

/** Ways from a handler to code that runs later; each gives the id that is seen there. */
const journeys: Record<string, () => Promise<Id>> = {
  'an await': async () => {
    await delay(1);
    return getRequestId();
  },
  'a timer': () => new Promise((resolve) => setTimeout(() => resolve(getRequestId()), 1)),
  'a microtask': () => new Promise((resolve) => queueMicrotask(() => resolve(getRequestId()))),
  'a callback': () => new Promise((resolve) => readFile('package.json', () => resolve(getRequestId()))),
  'an event': () => {
    const emitter = new EventEmitter();
    setImmediate(() => emitter.emit('done'));
    return new Promise((resolve) => emitter.once('done', () => resolve(getRequestId())));
  },
  'a stream': async () => {
    const toId = new Transform({
      objectMode: true,
      transform: (_chunk, _encoding, done) => done(null, getRequestId()),
    });
    const ids: Id[] = await Readable.from(['a', 'b']).pipe(toId).toArray();
    return ids.at(-1);
  },
};

export function promiseContext(cell: Cell): void {
  it.each(Object.entries(journeys))("keeps the caller's id across %s", async (_, journey) => {
    const service: Service = await start(cell, {
      routes: [
        get('/', async () => {
          const id = await journey();
          service.log.info('back');
          return { body: { id } };
        }),
      ],
    });
    const { body } = await service.send({ path: '/', headers: { 'x-request-id': 'demo-1' } });
    expect(body).toBe('{"id":"demo-1"}');
    expect((await service.finish()).lines).toMatchObject([
      { msg: 'back', logger: 'orders', request_id: 'demo-1', method: 'GET', path: '/' },
      { msg: 'request completed', request_id: 'demo-1' },
    ]);
  });

  it('gives handlers the same context as middleware and authentication', async () => {
    const seen: unknown[] = [];
    const service = await start(cell, {
      after: [(_req, _res, next) => (seen.push(getContext()), next())],
      authenticate: () => void seen.push(getContext()),
      routes: [get('/orders/:id', () => (seen.push(getContext()), { body: 'fine' }))],
    });
    await service.send({ path: '/orders/7?full=1', headers: { 'x-request-id': 'demo-1' } });
    expect(seen).toHaveLength(3);
    expect(seen[0]).toMatchObject({ requestId: 'demo-1', kind: 'http', method: 'GET', path: '/orders/7' });
    expect(new Set(seen).size).toBe(1);
  });

  it('keeps the context in listeners of the request, whatever packet they are called for', async () => {
    const seen: Record<string, Id[]> = { data: [], end: [], close: [] };
    const service = await start(cell, {
      routes: [
        post('/', async ({ req }) => {
          for (const [event, ids] of Object.entries(seen)) req.on(event, () => ids.push(getRequestId()));
          await once(req, 'end');
          return { body: 'read' };
        }),
      ],
    });
    const headers = [`Content-Type: ${unparsedType}`, 'Content-Length: 9', 'X-Request-Id: demo-1'];
    await sendRaw(service.port, head('POST /', ...headers), 'one', 'two', 'six');
    await service.finish();
    expect(seen['data']?.length).toBeGreaterThan(1);
    expect(new Set(seen['data'])).toEqual(new Set(['demo-1']));
    expect(seen).toMatchObject({ end: ['demo-1'], close: ['demo-1'] });
  });

  it('keeps the context in a stream that is the answer, however long it is', async () => {
    async function* rows(): AsyncGenerator<string> {
      for (let row = 0; row < 5; row++) {
        service.log.info('read');
        // More than fits the buffers on the way, so that the rest is asked for when the client has read.
        yield 'a'.repeat(100_000);
        await delay(1);
      }
    }
    const service: Service = await start(cell, { routes: [get('/', () => ({ body: Readable.from(rows()) }))] });
    const { id, body } = await service.send('/');
    expect(body).toHaveLength(500_000);
    const { lines } = await service.finish();
    expect(lines).toHaveLength(6);
    for (const line of lines) expect(line).toMatchObject({ request_id: id });
  });

  it('keeps the context in listeners of the response', async () => {
    const service: Service = await start(cell, {
      routes: [
        get('/', ({ res }) => {
          res.on('finish', () => service.log.info('finish'));
          res.on('close', () => service.log.info('close'));
          return { body: 'fine' };
        }),
      ],
    });
    const { id } = await service.send('/');
    const { lines } = await service.finish();
    expect(lines.filter(({ logger }) => logger === 'orders')).toMatchObject([
      { msg: 'finish', request_id: id },
      { msg: 'close', request_id: id },
    ]);
  });

  it('keeps the context of work that goes on after the response', async () => {
    let late: Promise<void> | undefined;
    const service: Service = await start(cell, {
      routes: [
        get('/', ({ res }) => {
          late = once(res, 'close')
            .then(() => delay(1))
            .then(() => service.log.info('late'));
          return { body: 'fine' };
        }),
      ],
    });
    const { id } = await service.send('/');
    await late;
    expect((await service.finish()).lines).toContainEqual(expect.objectContaining({ msg: 'late', request_id: id }));
  });

  it('binds a callback to the context, and leaves it for what must not have one', async () => {
    const callbacks: (() => Id)[] = [];
    const service = await start(cell, {
      routes: [
        get('/', () => {
          callbacks.push(
            bindContext(() => getRequestId()),
            () => getRequestId(),
          );
          return { body: { outside: runOutsideContext(() => getRequestId() ?? 'none') } };
        }),
      ],
    });
    const { id, body } = await service.send('/');
    expect(callbacks.map((callback) => callback())).toEqual([id, undefined]);
    expect(body).toBe('{"outside":"none"}');
  });
}
