/** Hang-ups: a client that goes away is told as such, and never as a success. */
import { once } from 'node:events';
import { Readable } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { type Cell, get, type Middleware, post, unparsedType } from '../cell.js';
import { head, open, write } from '../client.js';
import { moment } from '../moment.js';
import { type Service, start } from '../start.js';

const aborted = { msg: 'request aborted', level: 'warn', status: 499, aborted: true, request_id: 'demo-1' };

/** Opens a connection, and hangs up when the service has reached the moment. */
async function hangUpAt(reached: Promise<void>, service: Service, ...packets: string[]): Promise<void> {
  const socket = await open(service.port);
  socket.resume();
  await write(socket, ...packets);
  await reached;
  await turn();
  socket.destroy();
}

/** A body that goes on and on, until it is no longer wanted. */
async function* endless(onChunk: () => void): AsyncGenerator<string> {
  yield 'x'.repeat(1000);
  onChunk();
  await new Promise(() => {});
}

/** Starts a service that takes uploads; `arrived` is told of each as it begins. */
function startUpload(cell: Cell, arrived: () => void): Promise<Service> {
  const tell: Middleware = (_req, _res, next) => {
    arrived();
    next();
  };
  return start(cell, { after: [tell], routes: [post('/uploads/:name', () => ({ body: 'stored' }))] });
}

function upload(type: string): string[] {
  return [head('POST /uploads/a', 'X-Request-Id: demo-1', `Content-Type: ${type}`, 'Content-Length: 2000'), '{"a":'];
}

export function promiseHangUp(cell: Cell): void {
  it('writes one line that says aborted when the client hangs up before the headers', async () => {
    const { reached, reach } = moment();
    const service: Service = await start(cell, {
      routes: [
        get('/slow/:name', async ({ res }) => {
          reach();
          await once(res, 'close');
          service.log.info('gave up');
          return { body: 'nobody reads this' };
        }),
      ],
    });
    await hangUpAt(reached, service, head('GET /slow/a', 'X-Request-Id: demo-1'));
    const { lines } = await service.finish();
    expect(lines).toHaveLength(2);
    expect(lines).toContainEqual(expect.objectContaining({ msg: 'gave up', request_id: 'demo-1' }));
    expect(lines).toContainEqual(expect.objectContaining({ ...aborted, route: '/slow/:name' }));
  });

  it('writes one line that says aborted when the client hangs up during the body', async () => {
    const { reached, reach } = moment();
    const service: Service = await start(cell, {
      routes: [
        get('/endless', () => {
          service.log.info('started');
          return { body: Readable.from(endless(reach)) };
        }),
      ],
    });
    await hangUpAt(reached, service, head('GET /endless', 'X-Request-Id: demo-1'));
    const { lines } = await service.finish();
    expect(lines).toMatchObject([{ msg: 'started', request_id: 'demo-1' }, aborted]);
  });

  it.each(['application/json', 'application/octet-stream', 'multipart/form-data; boundary=cut'])(
    'writes one line that says aborted when the client hangs up during an upload of %s',
    async (type) => {
      const { reached, reach } = moment();
      const service = await startUpload(cell, reach);
      await hangUpAt(reached, service, ...upload(type));
      expect((await service.finish()).lines).toMatchObject([aborted]);
    },
  );

  it('writes one line that says aborted when the client hangs up on a handler that reads the upload itself', async () => {
    const { reached, reach } = moment();
    const service: Service = await start(cell, {
      routes: [
        post('/uploads/:name', async ({ req }) => {
          req.on('data', reach);
          req.on('close', () => service.log.info('cut off'));
          await once(req, 'close');
          return { body: 'nobody reads this' };
        }),
      ],
    });
    await hangUpAt(reached, service, ...upload(unparsedType));
    const { lines } = await service.finish();
    expect(lines).toHaveLength(2);
    expect(lines).toContainEqual(expect.objectContaining({ msg: 'cut off', request_id: 'demo-1' }));
    expect(lines).toContainEqual(expect.objectContaining(aborted));
  });

  it('does not say aborted when the client hangs up after the whole response', async () => {
    const service = await start(cell, { routes: [get('/', () => ({ body: 'fine' }))] });
    const socket = await open(service.port);
    const whole = new Promise<void>((resolve) => {
      socket.on('data', (chunk: Buffer) => chunk.toString().includes('fine') && resolve());
    });
    await write(socket, 'GET / HTTP/1.1\r\nHost: cell\r\n\r\n');
    await whole;
    socket.destroy();
    const { lines } = await service.finish();
    expect(lines).toMatchObject([{ msg: 'request completed', level: 'info', status: 200 }]);
    expect(lines[0]).not.toHaveProperty('aborted');
  });

  it('goes on serving after a hang-up', async () => {
    const { reached, reach } = moment();
    const service = await startUpload(cell, reach);
    await hangUpAt(reached, service, ...upload('application/json'));
    expect(await service.send({ method: 'POST', path: '/uploads/b' })).toMatchObject({ body: 'stored' });
    expect((await service.finish()).access).toMatchObject([{ aborted: true }, { path: '/uploads/b' }]);
  });
}
