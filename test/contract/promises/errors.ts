/** Errors: the one that made a request fail is told once, with its own stack. */
import { once } from 'node:events';
import { Readable } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { type Cell, type Exchange, get, type Middleware } from '../cell.js';
import { head, open, write } from '../client.js';
import { moment } from '../moment.js';
import { OutOfStock, takeFromShelf } from '../out-of-stock.js';
import { type Service, start } from '../start.js';

const ways: [name: string, fail: (exchange: Exchange) => never | Promise<never>][] = [
  ['a thrown error', takeFromShelf],
  ['a rejected promise', async () => takeFromShelf()],
  [
    'an error thrown after an await',
    async () => (await new Promise((resolve) => setTimeout(resolve, 1)), takeFromShelf()),
  ],
];

const failed = { level: 'error', msg: 'request errored', status: 500, request_id: 'demo-1' };
const err = { type: 'OutOfStock', message: 'no more of 7', stack: expect.stringContaining('takeFromShelf') };

/** A body whose source fails half way. */
async function* breaking(breakOff: () => void): AsyncGenerator<string> {
  yield 'x'.repeat(1000);
  breakOff();
  takeFromShelf();
}

const oddErrors: [name: string, make: () => unknown][] = [
  ['an error with a circular cause', () => ((error) => Object.assign(error, { cause: error }))(new Error('odd'))],
  [
    'an error whose getters throw',
    () => Object.defineProperty(new Error('odd'), 'details', { enumerable: true, get: takeFromShelf }),
  ],
  ['an error without a stack', () => Object.assign(new Error('odd'), { stack: undefined })],
  ['an aggregate error', () => new AggregateError([new Error('odd'), 'odd'], 'odd')],
  ['a plain object', () => ({ odd: true })],
];

export function promiseErrors(cell: Cell): void {
  it.each(ways)('logs %s with its own stack at error, on one line', async (_, fail) => {
    const service: Service = await start(cell, {
      routes: [get('/orders/:id', (exchange) => (service.log.info('taking'), fail(exchange)))],
    });
    const answer = await service.send({ path: '/orders/7', headers: { 'x-request-id': 'demo-1' } });
    expect(answer).toMatchObject({ status: 500, id: 'demo-1' });
    expect(answer.body).not.toContain('no more of 7');
    expect((await service.finish()).lines).toMatchObject([
      { msg: 'taking', request_id: 'demo-1' },
      { ...failed, route: '/orders/:id', err },
    ]);
  });

  it('logs causes and members of the error, all the way down', async () => {
    const service = await start(cell, {
      routes: [
        get('/', () => {
          const cause = new OutOfStock('no more of 7', { cause: new Error('no van') });
          throw new AggregateError([new Error('no box'), cause], 'not sent', { cause });
        }),
      ],
    });
    await service.send('/');
    const told = { ...err, stack: expect.any(String), cause: { message: 'no van' } };
    expect((await service.finish()).lines).toMatchObject([
      { level: 'error', err: { type: 'AggregateError', cause: told, errors: [{ message: 'no box' }, told] } },
    ]);
  });

  it('logs an error in full once, where it is first logged at error, and from there on names it', async () => {
    const service: Service = await start(cell, {
      routes: [
        get('/', () => {
          const error = Object.assign(new OutOfStock('no more of 7'), { code: 'EMPTY' });
          service.log.warn(error, 'tried');
          service.log.error(error, 'gave up');
          service.log.error(error, 'said so again');
          throw error;
        }),
      ],
    });
    await service.send('/');
    const named = { type: 'OutOfStock', message: 'no more of 7', code: 'EMPTY', repeated: true };
    const { lines } = await service.finish();
    expect(lines.map(({ msg }) => msg)).toEqual(['tried', 'gave up', 'said so again', 'request errored']);
    expect(lines[0]).toMatchObject({ err: { stack: expect.any(String) } });
    expect(lines[1]).toMatchObject({ err: { stack: expect.any(String) } });
    expect(lines.slice(2).map(({ err }) => err)).toEqual([named, named]);
  });

  it('logs an error in full again that makes another request fail', async () => {
    const error = new OutOfStock('no more of 7');
    const service = await start(cell, {
      routes: [
        get('/', () => {
          throw error;
        }),
      ],
    });
    for (const id of ['demo-1', 'demo-2']) await service.send({ path: '/', headers: { 'x-request-id': id } });
    const full = { type: 'OutOfStock', stack: expect.any(String) };
    expect((await service.finish()).lines).toMatchObject([
      { request_id: 'demo-1', err: full },
      { request_id: 'demo-2', err: full },
    ]);
  });

  it('logs a thrown string at error', async () => {
    const service: Service = await start(cell, {
      routes: [
        get('/', () => {
          service.log.info('throwing');
          // oxlint-disable-next-line no-throw-literal -- what is thrown here is the point
          throw 'no more of 7';
        }),
      ],
    });
    const answer = await service.send({ path: '/', headers: { 'x-request-id': 'demo-1' } });
    expect(answer).toMatchObject({ status: 500, id: 'demo-1' });
    const { lines } = await service.finish();
    expect(lines).toMatchObject([{ msg: 'throwing', request_id: 'demo-1' }, failed]);
    expect(lines[1]?.text).toContain('no more of 7');
  });

  it.each(oddErrors)('survives %s', async (_, make) => {
    const service: Service = await start(cell, {
      routes: [
        get('/', () => {
          service.log.info('throwing');
          throw make();
        }),
      ],
    });
    const answer = await service.send({ path: '/', headers: { 'x-request-id': 'demo-1' } });
    expect(answer).toMatchObject({ status: 500, id: 'demo-1' });
    expect((await service.finish()).lines).toMatchObject([{ msg: 'throwing', request_id: 'demo-1' }, failed]);
  });

  it.each<[string, Middleware]>([
    ['throws', () => takeFromShelf()],
    ['passes an error on', (_req, _res, next) => next(new OutOfStock(`no more of 7, says takeFromShelf`))],
  ])('logs the error of a middleware after it that %s', async (_, middleware) => {
    const service = await start(cell, { after: [middleware], routes: [get('/', () => ({ body: 'fine' }))] });
    const answer = await service.send({ path: '/', headers: { 'x-request-id': 'demo-1' } });
    expect(answer).toMatchObject({ status: 500, id: 'demo-1' });
    expect((await service.finish()).lines).toMatchObject([{ ...failed, err: { type: 'OutOfStock' } }]);
  });

  it('logs the error of authentication', async () => {
    const service = await start(cell, { authenticate: takeFromShelf, routes: [get('/', () => ({ body: 'fine' }))] });
    const answer = await service.send({ path: '/', headers: { 'x-request-id': 'demo-1' } });
    expect(answer).toMatchObject({ status: 500, id: 'demo-1' });
    expect((await service.finish()).lines).toMatchObject([{ ...failed, err }]);
  });

  it('logs the error of a middleware before it, once it has seen a request', async () => {
    const failing: Middleware = (req, _res, next) => (req.url === '/broken' ? takeFromShelf() : next());
    const service: Service = await start(cell, {
      before: [failing],
      routes: [get('/', () => (service.log.info('handled'), { body: 'fine' }))],
    });
    await service.send('/');
    expect(await service.send('/broken')).toMatchObject({ status: 500 });
    const { id } = await service.send('/');
    const { lines } = await service.finish();
    expect(lines.map(({ msg }) => msg)).toEqual([
      'handled',
      'request completed',
      'request errored',
      'handled',
      'request completed',
    ]);
    expect(lines[2]).toMatchObject({ level: 'error', status: 500, path: '/broken', err });
    expect(lines.slice(3)).toMatchObject([{ request_id: id }, { request_id: id }]);
  });

  it('tells of a body that breaks off because its source failed', async () => {
    const { reached: broken, reach: breakOff } = moment();
    const service: Service = await start(cell, {
      routes: [get('/', () => ({ body: Readable.from(breaking(breakOff)) }))],
    });
    const socket = await open(service.port);
    socket.resume();
    await write(socket, head('GET /', 'X-Request-Id: demo-1'));
    await broken;
    await turn();
    // Koa 2 leaves the connection open, and the client waiting.
    socket.destroy();
    expect((await service.finish()).lines).toMatchObject([
      { level: 'error', msg: 'request errored', request_id: 'demo-1', err },
    ]);
  });

  it('tells of an error that comes when the client has left', async () => {
    const { reached, reach } = moment();
    const { reached: gone, reach: leave } = moment();
    const service: Service = await start(cell, {
      routes: [
        get('/', async ({ res }) => {
          reach();
          await once(res, 'close');
          await turn();
          leave();
          return takeFromShelf();
        }),
      ],
    });
    const socket = await open(service.port);
    await write(socket, head('GET /', 'X-Request-Id: demo-1'));
    await reached;
    socket.destroy();
    await gone;
    await turn();
    expect((await service.finish()).lines).toMatchObject([
      { level: 'warn', msg: 'request aborted', status: 499, request_id: 'demo-1' },
      { level: 'error', msg: 'request failed after its response was closed', request_id: 'demo-1', err },
    ]);
  });
}
