/** The format `pino-http`: line by line what the real package writes for the same request. */
import { once } from 'node:events';
import { Readable } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import type { AccessLogOptions } from '@throughline/core/adapter';
import { pino } from 'pino';
import { type Options, pinoHttp } from 'pino-http';
import { expect, it } from 'vitest';
import { type Cell, get, type RequestOptions } from '../cell.js';
import { head, open, type Request, write } from '../client.js';
import { moment } from '../moment.js';
import { takeFromShelf } from '../out-of-stock.js';
import { type Line, Recorder } from '../recorded.js';
import { type Service, start } from '../start.js';

/** What our loggers put on every line, whatever it tells. */
const frame = 'level time service env version logger request_id method path text'.split(' ');

/** What differs between two runs of the same code. */
const unlike = new Set(['responseTime', 'took', 'remotePort', 'date']);

/** The line as text, as far as pino-http has a say in it. */
function told(line: Line, label: string): string {
  const own = Object.fromEntries(Object.entries(line).filter(([name]) => !frame.includes(name)));
  return JSON.stringify({ level: label, ...own }, (key, value: unknown) => {
    if (unlike.has(key)) return typeof value;
    // The error that is made up for a 500 without one is made elsewhere.
    if (key === 'stack' && String(value).startsWith('Error: failed with status code')) return 'made up';
    return value;
  });
}

type Ask = (service: Service) => Promise<unknown>;

/** Everything that a request can come to. */
const routes = (reach: () => void): ReturnType<typeof get>[] => [
  get('/orders/:id', () => ({ status: 201, headers: { 'content-language': 'de' }, body: { id: 7 } })),
  get('/refused', () => ({ status: 422, body: 'no such size' })),
  get('/thrown', takeFromShelf),
  get('/causes', () => {
    const causes = [new Error('no van'), Object.assign(new Error('no box'), { code: 'NO_BOX' })];
    throw new AggregateError(causes, 'not sent', { cause: new Error('empty shelf', { cause: causes[0] }) });
  }),
  get('/answered', () => ({ status: 503, body: 'sorry' })),
  get('/streamed', () => ({ body: Readable.from(['a', 'b']) })),
  get('/slow', async ({ res }) => {
    reach();
    await once(res, 'close');
    return { body: 'nobody reads this' };
  }),
  get('/endless', () => ({ body: Readable.from(endless(reach)) })),
];

async function* endless(onChunk: () => void): AsyncGenerator<string> {
  yield 'x'.repeat(1000);
  onChunk();
  await new Promise(() => {});
}

const headers = { 'x-request-id': 'demo-1', 'user-agent': 'contract/1.0', host: 'cell' };
const send =
  (request: Omit<Request, 'headers'>): Ask =>
  (service) =>
    service.send({ ...request, headers });

/** Hangs up when the handler has come so far. */
function hangUp(path: string): { ask: (reached: Promise<void>) => Ask } {
  return {
    ask: (reached) => async (service) => {
      const socket = await open(service.port);
      socket.resume();
      await write(socket, head(`GET ${path}`, 'X-Request-Id: demo-1'));
      await reached;
      await turn();
      socket.destroy();
    },
  };
}

/** What is written of the request, as far as pino-http has a say in it. */
async function linesOf(
  cell: Cell,
  accessLog: RequestOptions['accessLog'],
  ask: (reached: Promise<void>) => Ask,
): Promise<readonly Line[]> {
  const { reached, reach } = moment();
  const service = await start(cell, {
    request: { ...(accessLog !== undefined && { accessLog }) },
    routes: routes(reach),
  });
  await ask(reached)(service);
  return (await service.finish()).lines;
}

async function compare(
  cell: Cell,
  options: AccessLogOptions,
  ask: (reached: Promise<void>) => Ask,
): Promise<{ ours: string[]; theirs: string[] }> {
  const recorder = new Recorder();
  const logger = pino({ base: null, level: 'debug' }, recorder);
  const real = pinoHttp({ ...(options as Options), logger });
  await linesOf(cell, real as RequestOptions['accessLog'], ask);
  const theirs = recorder.recorded().lines.map((line) => told(line, pino.levels.labels[Number(line.level)] ?? ''));
  const lines = await linesOf(cell, { ...options, format: 'pino-http' }, ask);
  return { ours: lines.map((line) => told(line, line.level)), theirs };
}

const always = (ask: Ask) => (): Ask => ask;

const outcomes: [outcome: string, ask: (reached: Promise<void>) => Ask][] = [
  ['a success', always(send({ path: '/orders/7?page=2' }))],
  ['HEAD', always(send({ method: 'HEAD', path: '/orders/7' }))],
  ['an unknown path', always(send({ path: '/nowhere' }))],
  ['a refusal', always(send({ path: '/refused' }))],
  ['an error', always(send({ path: '/thrown' }))],
  ['an error with causes and members', always(send({ path: '/causes' }))],
  ['a 503 without an error', always(send({ path: '/answered' }))],
  ['a stream', always(send({ path: '/streamed' }))],
  ['a hang-up before the head', hangUp('/slow').ask],
  ['a hang-up during the body', hangUp('/endless').ask],
];

const variants: [variant: string, options: AccessLogOptions][] = [
  ['customLogLevel', { customLogLevel: (_req, res) => (res.statusCode >= 500 ? 'error' : 'warn') }],
  ['useLevel', { useLevel: 'debug' }],
  ['customProps', { customProps: (req, res) => ({ tenant: req.headers['user-agent'], sent: res.headersSent }) }],
  [
    'messages of its own',
    {
      customReceivedMessage: (req) => `${req.method} arrived`,
      customSuccessMessage: (req, res, took) => `${req.method} ${res.statusCode} ${typeof took}`,
      customErrorMessage: (req, res, error, took) => `${req.method} ${res.statusCode} ${error.message} ${typeof took}`,
    },
  ],
  [
    'objects of its own',
    {
      customReceivedObject: (req) => ({ arrived: req.method }),
      customSuccessObject: (_req, _res, fields) => ({ ...fields, shelf: 7 }),
      customErrorObject: (_req, _res, error, fields) => ({ ...fields, reason: error.message }),
    },
  ],
  [
    'names of its own',
    {
      quietReqLogger: true,
      customAttributeKeys: { req: 'request', res: 'response', err: 'error', responseTime: 'took', reqId: 'id' },
    },
  ],
  [
    'serializers',
    {
      serializers: {
        req: ({ method, raw }: { method: string; raw: object }) => ({ method, raw: 'socket' in raw }),
        res: ({ statusCode }: { statusCode: number }) => statusCode,
        err: ({ message }: Error) => ({ message }),
      },
    },
  ],
  [
    'serializers that get the request itself',
    { wrapSerializers: false, serializers: { req: ({ url }: { url: string }) => url, res: () => 'left out' } },
  ],
  ['quietResLogger', { quietResLogger: true }],
  ['autoLogging off', { autoLogging: false }],
  ['autoLogging.ignore', { autoLogging: { ignore: ({ url = '' }) => url.startsWith('/orders') } }],
];

export function promisePinoHttp(cell: Cell): void {
  it.each(outcomes)("writes what pino-http writes of %s, in the format 'pino-http'", async (_, ask) => {
    const { ours, theirs } = await compare(cell, {}, ask);
    expect(theirs).toHaveLength(1);
    expect(ours).toEqual(theirs);
  });

  it.each(variants)("honours %s as pino-http does, in the format 'pino-http'", async (_, options) => {
    for (const path of ['/orders/7', '/thrown']) {
      const { ours, theirs } = await compare(cell, options, always(send({ path })));
      expect(ours).toEqual(theirs);
    }
  });
}
