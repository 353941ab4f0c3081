/** The context: every piece of work that a request starts belongs to it. */
import { EventEmitter, once } from 'node:events';
import { readFile } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as delay } from 'node:timers/promises';
import {
  bindContext,
  getContext,
  getRequestId,
  injectContext,
  runOutsideContext,
  setContext,
  withContext,
} from '@throughline/core';
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
    const seen: Id[] = [];
    await pipeline(
      Readable.from(['a', 'b']),
      async function* (chunks) {
        for await (const chunk of chunks) yield ((await delay(1), seen.push(getRequestId()), chunk));
      },
      async (chunks: AsyncIterable<string>) => {
        for await (const _ of chunks) seen.push(getRequestId());
      },
    );
    return new Set(seen).size === 1 ? seen[0] : undefined;
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

  it('puts what setContext says on every later line, the access line included', async () => {
    const service: Service = await start(cell, {
      routes: [
        get('/', async () => {
          service.log.info('before');
          await Promise.resolve().then(() => setContext({ order_id: 7 }));
          service.log.info('after');
          return { body: getContext()?.fields ?? {} };
        }),
      ],
    });
    expect(await service.send('/')).toMatchObject({ body: '{"order_id":7}' });
    const [before, after, access] = (await service.finish()).lines;
    expect(before).not.toHaveProperty('order_id');
    expect(after).toMatchObject({ msg: 'after', order_id: 7 });
    expect(access).toMatchObject({ msg: 'request completed', order_id: 7 });
  });

  it('shadows fields in each of two parallel branches, and for them alone', async () => {
    const service: Service = await start(cell, {
      routes: [
        get('/', async () => {
          const branch = (item: string): Promise<void> =>
            withContext({ item }, async () => {
              await delay(1);
              service.log.info(`in ${item}`);
              await delay(1);
              service.log.info(`still in ${item}`);
            });
          await Promise.all([branch('a'), branch('b')]);
          service.log.info('joined');
          return { body: 'fine' };
        }),
      ],
    });
    await service.send('/');
    const { lines } = await service.finish();
    const items = Object.fromEntries(lines.map(({ msg, item }) => [msg, item]));
    expect(items).toEqual({
      'in a': 'a',
      'in b': 'b',
      'still in a': 'a',
      'still in b': 'b',
      joined: undefined,
      'request completed': undefined,
    });
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

  it('joins the trace of the caller, and passes it on with the id', async () => {
    const service: Service = await start(cell, {
      routes: [get('/', () => (service.log.info('called'), { body: injectContext({ accept: '*/*' }) }))],
    });
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const { body } = await service.send({ path: '/', headers: { traceparent, 'x-request-id': 'demo-1' } });
    expect(JSON.parse(body)).toEqual({ accept: '*/*', 'x-request-id': 'demo-1', traceparent });
    const trace = { trace_id: '0af7651916cd43dd8448eb211c80319c', span_id: 'b7ad6b7169203331', trace_flags: '01' };
    expect((await service.finish()).lines).toMatchObject([trace, trace]);
  });

  it.each(['00-0-0-01', `00-${'0'.repeat(32)}-b7ad6b7169203331-01`, 'nonsense'])(
    'has no trace when the caller sends traceparent %s',
    async (traceparent) => {
      const service: Service = await start(cell, {
        routes: [get('/', () => (service.log.info('called'), { body: injectContext({}) }))],
      });
      const { id, body } = await service.send({ path: '/', headers: { traceparent } });
      expect(JSON.parse(body)).toEqual({ 'x-request-id': id });
      for (const line of (await service.finish()).lines) expect(line).not.toHaveProperty('trace_id');
    },
  );
}
