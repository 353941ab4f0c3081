/** The access log: one line per request, however often we are mounted and whoever else logs. */
import { setContext, setUser } from '@throughline/core';
import { bridgePinoHttp } from '@throughline/core/bridges/pino-http';
import { pino } from 'pino';
import { pinoHttp } from 'pino-http';
import { expect, it } from 'vitest';
import { type Cell, get, type Setup } from '../cell.js';
import { repeatedKeys } from '../json-keys.js';
import { type Recorded, Recorder } from '../recorded.js';
import { type Service, start } from '../start.js';

/** A pino-http of the application's own, and what it wrote. */
function ownPinoHttp(): { middleware: ReturnType<typeof pinoHttp>; recorder: Recorder } {
  const recorder = new Recorder();
  return { middleware: pinoHttp({ logger: pino({ level: 'debug' }, recorder) }), recorder };
}

/** Sends a request that succeeds and one that fails, each of which the application logs once itself. */
async function sendTwo(cell: Cell, setup: Partial<Setup>): Promise<Recorded> {
  const service: Service = await start(cell, {
    ...setup,
    routes: [
      get('/fine', () => (service.log.info('handled'), { body: 'fine' })),
      get('/broken', () => {
        service.log.info('handled');
        throw new Error('broken');
      }),
    ],
  });
  await service.send({ path: '/fine', headers: { 'x-request-id': 'demo-1' } });
  await service.send({ path: '/broken', headers: { 'x-request-id': 'demo-2' } });
  return service.finish();
}

const handled = [
  { msg: 'handled', request_id: 'demo-1' },
  { msg: 'handled', request_id: 'demo-2' },
];

export function promiseAccessLog(cell: Cell): void {
  it('writes one access line per request', async () => {
    const { access } = await sendTwo(cell, {});
    expect(access).toMatchObject([
      { msg: 'request completed', request_id: 'demo-1', status: 200 },
      { msg: 'request errored', request_id: 'demo-2', status: 500 },
    ]);
  });

  it('writes one access line per request when it is mounted twice, and says so once', async () => {
    const { access, lines } = await sendTwo(cell, { mounts: 2 });
    expect(access).toMatchObject([{ request_id: 'demo-1' }, { request_id: 'demo-2' }]);
    expect(lines.filter(({ logger }) => logger === 'orders')).toMatchObject(handled);
    expect(lines.filter(({ level, msg }) => level === 'warn' && /more than once/.test(msg))).toHaveLength(1);
  });

  it.each(['before', 'after'] as const)(
    "writes no second access line when the application's own pino-http is mounted %s it, and says so once",
    async (place) => {
      const { middleware, recorder } = ownPinoHttp();
      const { access, lines } = await sendTwo(cell, { [place]: [middleware] });
      const theirs = recorder.recorded().access;
      expect(theirs).toMatchObject([{ res: { statusCode: 200 } }, { res: { statusCode: 500 } }]);
      expect(access).toEqual([]);
      expect(lines.filter(({ logger }) => logger === 'orders')).toMatchObject(handled);
      expect(lines.filter(({ level, msg }) => level === 'warn' && /pino-http/.test(msg))).toHaveLength(1);
    },
  );

  it('leaves the access line to a pino-http that is handed in, with our id and the real error', async () => {
    const { middleware, recorder } = ownPinoHttp();
    const { access, lines } = await sendTwo(cell, { request: { accessLog: middleware } });
    expect(access).toEqual([]);
    expect(lines).toMatchObject(handled);
    expect(recorder.recorded().access).toMatchObject([
      { msg: 'request completed', req: { id: 'demo-1' }, res: { statusCode: 200 } },
      { msg: 'request errored', req: { id: 'demo-2' }, res: { statusCode: 500 }, err: { message: 'broken' } },
    ]);
  });

  it('has a pino-http that is bridged write our context too, the late user among it, each key once', async () => {
    const recorder = new Recorder();
    const logger = pino({ level: 'debug', mixin: () => ({ shard: 3 }) }, recorder);
    const middleware = bridgePinoHttp(pinoHttp({ logger, customProps: () => ({ order_id: 'theirs' }) }));
    const service: Service = await start(cell, {
      request: { accessLog: middleware },
      authenticate: () => setUser({ id: 42, email: 'ann@example.org' }),
      routes: [
        get('/', () => {
          setContext({ order_id: 7, cart: 3, token: 'hush' });
          return { body: 'fine' };
        }),
      ],
    });
    const trace = { trace_id: '0af7651916cd43dd8448eb211c80319c', span_id: 'b7ad6b7169203331', trace_flags: '01' };
    const traceparent = `00-${trace.trace_id}-${trace.span_id}-${trace.trace_flags}`;
    const { id } = await service.send({ path: '/', headers: { traceparent } });
    expect((await service.finish()).access).toEqual([]);
    const { lines } = recorder.recorded();
    expect(lines).toMatchObject([
      { msg: 'request completed', req: { id }, request_id: id, user_id: '42', ...trace, cart: 3, shard: 3 },
    ]);
    expect(lines[0]).toMatchObject({ order_id: 'theirs', token: '[Redacted]' });
    expect(repeatedKeys(lines[0]?.text ?? '')).toEqual([]);
  });

  it('writes no access line at all when told so', async () => {
    const { lines } = await sendTwo(cell, { request: { accessLog: false } });
    expect(lines).toMatchObject(handled);
  });
}
