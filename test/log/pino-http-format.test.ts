/** The format `pino-http` beside the real package, each alone on a server of Node's own. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createObservability } from '@throughline/core';
import { createRequestObserver } from '@throughline/core/adapter';
import { pino } from 'pino';
import { pinoHttp } from 'pino-http';
import { expect, it } from 'vitest';

type Handler = (req: IncomingMessage, res: ServerResponse) => void;
type Line = Record<string, unknown>;

/** Of an error the stack is told apart by what it says, not by where it was made. */
function comparable({ level, responseTime, res, req, msg, err }: Line): Line {
  const { stack, ...error } = (err ?? {}) as Line;
  const { remotePort, ...request } = req as Line;
  const kinds = [typeof responseTime, typeof remotePort, String(stack).split('\n', 1)[0]];
  return { level, kinds, res, request, msg, error };
}

/** Serves one request and gives what it wrote, when it has. */
async function lineOf(
  written: string[],
  listener: RequestListener,
  ask: (url: string) => Promise<unknown>,
): Promise<Line> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  await ask(`http://127.0.0.1:${(server.address() as AddressInfo).port}/orders/7?page=2`).catch(() => 'gone');
  server.close();
  await once(server, 'close');
  expect(written).toHaveLength(1);
  return JSON.parse(written[0] ?? '') as Line;
}

/** As an application has it that knows nothing of us. */
function theirs(handle: Handler): { written: string[]; listener: RequestListener } {
  const written: string[] = [];
  const formatters = { level: (level: string) => ({ level }) };
  const logger = pino({ formatters }, { write: (line) => void written.push(line) });
  const middleware = pinoHttp({ logger, genReqId: ({ headers }) => String(headers['x-request-id']) });
  return {
    written,
    listener(req, res) {
      res.setHeader('X-Request-Id', String(req.headers['x-request-id']));
      middleware(req, res);
      handle(req, res);
    },
  };
}

function ours(handle: Handler): { written: string[]; listener: RequestListener } {
  const written: string[] = [];
  const destination = { write: (line: string) => void written.push(line) };
  const observability = createObservability({ isolated: true, exporters: [], log: { level: 'info', destination } });
  const framework = { route: () => undefined, user: () => undefined };
  const observe = createRequestObserver(framework, { accessLog: { format: 'pino-http' } }, () => observability);
  return { written, listener: (req, res) => observe(req, res, undefined, () => handle(req, res)) };
}

const outcomes: [outcome: string, handle: Handler][] = [
  ['a success', (_, res) => res.writeHead(201, { 'content-type': 'text/plain' }).end('seven')],
  ['a refusal', (_, res) => res.writeHead(404).end()],
  ['a failure without an error', (_, res) => res.writeHead(503).end()],
  [
    'a failure with an error that has a cause',
    (_, res) => {
      const error = new TypeError('no van', { cause: new Error('no box') });
      Object.assign(res, { err: Object.assign(error, { code: 'NO_VAN' }) })
        .writeHead(500)
        .end();
    },
  ],
  ['a connection that breaks', (req) => req.socket.destroy()],
  [
    'a connection that breaks during the body',
    (req, res) => {
      res.writeHead(200).write('x', () => req.socket.destroy());
    },
  ],
];

it.each(outcomes)('writes what a pino-http writes that is alone, of %s', async (_, handle) => {
  const headers = { 'x-request-id': 'demo-1', connection: 'close', host: 'shop' };
  const ask = async (url: string): Promise<unknown> => (await fetch(url, { headers })).text();
  const [their, our] = [theirs(handle), ours(handle)];
  const real = await lineOf(their.written, their.listener, ask);
  const line = await lineOf(our.written, our.listener, ask);
  const withoutPort = (value: Line): string =>
    JSON.stringify(comparable(value)).replaceAll(/127\.0\.0\.1:\d+/g, 'host');
  expect(withoutPort(line)).toBe(withoutPort(real));
});
