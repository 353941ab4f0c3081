/** Detail: the lines below a logger's level, of one request that asked for them and of those that failed. */
import { expect, it } from 'vitest';
import { type Cell, get, post, type RequestOptions, type Route } from '../cell.js';
import { moment } from '../moment.js';
import type { Line } from '../recorded.js';
import { type Service, start } from '../start.js';

/** A service that speaks at every level, and fails when it is asked to. */
async function startTalking(cell: Cell, options: { request?: RequestOptions; slowMs?: number; recorder?: false }) {
  const { request = {}, slowMs, recorder } = options;
  const flightRecorder = recorder === false ? {} : { flightRecorder: { ...(slowMs !== undefined && { slowMs }) } };
  const talk: Route['answer'] = async ({ req }) => {
    service.log.debug({ token: 'canary', step: 1 }, 'looked up');
    await new Promise(setImmediate);
    service.log.trace('not even kept');
    service.log.info({ step: 2 }, 'found');
    if (req.url === '/logs') service.log.error('strange');
    service.log.debug({ step: 3 }, 'packed');
    if (req.url === '/fails') throw new Error('broken');
    return { status: req.url === '/says-503' ? 503 : 200, body: {} };
  };
  const service: Service = await start(cell, {
    log: { level: 'warn', ...flightRecorder },
    request,
    routes: [...['/', '/fails', '/logs', '/says-503'].map((path) => get(path, talk)), post('/', talk)],
  });
  return service;
}

const isTimed = (lines: readonly Line[]): boolean =>
  lines.every(({ time }, index) => index === 0 || String(time) >= String(lines[index - 1]?.['time']));

export function promiseDetail(cell: Cell): void {
  it('logs one request at a level of its own, and no other', async () => {
    const request: RequestOptions = {
      level: (source) => ((source as { url?: string }).url === '/?debug' ? 'debug' : undefined),
    };
    const service = await startTalking(cell, { request, recorder: false });
    const plain = service.send('/');
    const { id } = await service.send('/?debug');
    await plain;
    const { lines } = await service.finish();
    expect(lines.map(({ msg }) => msg)).toEqual(['looked up', 'found', 'packed', 'request completed']);
    expect(lines.map(({ request_id: of }) => of)).toEqual([id, id, id, id]);
    expect(lines[0]?.text).not.toContain('canary');
  });

  it('can log a request at less than the loggers would', async () => {
    const service = await startTalking(cell, { request: { level: () => 'silent' }, recorder: false });
    await service.send('/fails');
    expect((await service.finish()).lines).toEqual([]);
  });

  it.each<[string, () => string | undefined]>([
    ['throws', () => raise()],
    ['gives none of the levels', () => 'loud'],
  ])('goes by the loggers when the level function %s, and says so once', async (_, level) => {
    const service = await startTalking(cell, { request: { level }, recorder: false });
    await service.send('/');
    await service.send('/');
    expect((await service.finish()).lines).toMatchObject([{ logger: 'throughline', level: 'warn' }]);
  });

  it.each(['/fails', '/says-503'])(
    'writes what led to a failure before its access line, in order and without secrets: %s',
    async (path) => {
      const service = await startTalking(cell, {});
      await service.send('/');
      const { id } = await service.send(path);
      const { lines } = await service.finish();
      expect(lines).toMatchObject([
        { level: 'debug', msg: 'looked up', step: 1, token: '[Redacted]' },
        { level: 'info', msg: 'found', step: 2 },
        { level: 'debug', msg: 'packed', step: 3 },
        { level: 'error', msg: 'request errored' },
      ]);
      for (const line of lines) expect(line).toMatchObject({ request_id: id, path });
      expect(isTimed(lines)).toBe(true);
    },
  );

  it('writes what led to a failure when nobody writes an access line, too', async () => {
    const service = await startTalking(cell, { request: { accessLog: false } });
    await service.send('/says-503');
    expect((await service.finish()).lines.map(({ msg }) => msg)).toEqual(['looked up', 'found', 'packed']);
  });

  it('writes what led to a logged error before it, and nothing of what follows when all ends well', async () => {
    const service = await startTalking(cell, {});
    await service.send('/logs');
    expect((await service.finish()).lines.map(({ msg }) => msg)).toEqual(['looked up', 'found', 'strange']);
  });

  it('writes the lines of a slow request, its access line last', async () => {
    const service = await startTalking(cell, { slowMs: 0 });
    await service.send('/');
    expect((await service.finish()).lines.map(({ msg }) => msg)).toEqual([
      'looked up',
      'found',
      'packed',
      'request completed',
    ]);
  });

  it('writes nothing of a request that ends well', async () => {
    const service = await startTalking(cell, {});
    await service.send('/');
    expect((await service.finish()).lines).toEqual([]);
  });

  it('keeps the lines of concurrent requests apart', async () => {
    const both = moment();
    let arrived = 0;
    const service: Service = await start(cell, {
      log: { level: 'warn', flightRecorder: {} },
      routes: [
        get('/:id', async ({ params }) => {
          service.log.debug({ of: params['id'] }, 'arrived');
          if (++arrived === 2) both.reach();
          await both.reached;
          if (params['id'] === 'b') throw new Error('broken');
          return {};
        }),
      ],
    });
    await Promise.all([service.send('/a'), service.send('/b')]);
    expect((await service.finish()).lines).toMatchObject([{ of: 'b' }, { msg: 'request errored' }]);
  });
}

function raise(): never {
  throw new Error('no level');
}
