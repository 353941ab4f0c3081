/** Access lines: what the pages show of a request, written for real by a small shop. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { createObservability, setUser } from '@throughline/core';
import type { AccessLogOptions } from '@throughline/core/adapter';
import { errorHandler, requestContext } from '@throughline/express';
import express from 'express';
import { serve } from './collector.js';

type Line = Record<string, unknown>;

interface Order {
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** How many proxies the shop trusts. */
  readonly trustedProxies?: number;
}

const headers = {
  'x-request-id': 'demo-1',
  'user-agent': 'curl/8.5.0',
  traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
};

/** What the shop writes of one order; the client hangs up at once when the answer is a stream of events. */
async function linesOf(accessLog: AccessLogOptions, order: Order = {}): Promise<Line[]> {
  const lines: Line[] = [];
  let end = (): void => {};
  const ended = new Promise<void>((resolve) => (end = resolve));
  const observability = createObservability({
    isolated: true,
    service: { name: 'shop', version: '1.4.0', environment: 'production' },
    log: { destination: { write: (line: string) => void lines.push(JSON.parse(line)) } },
    exporters: [],
  });
  const app = express();
  app.use((_, res, next) => {
    res.once('close', end);
    next();
  });
  const { trustedProxies = 0 } = order;
  app.use(requestContext({ observability, accessLog, trustedProxies }));
  app.post('/orders', (_, res) => {
    setUser({ id: 42 });
    res.status(201).json({ id: 7 });
  });
  app.post('/orders/:id/pay', () => {
    const error = Object.assign(new Error('the bank says no'), { code: 'DECLINED' });
    observability.getLogger('payments').error(error, 'payment failed');
    throw error;
  });
  app.post('/events', (_, res) => {
    res.type('text/event-stream').write('data: 1\n\n');
  });
  app.use(errorHandler({ observability }));
  const { port } = new URL(await serve(app));
  await ask(Number(port), order);
  await ended;
  return lines;
}

/** Sends the order, and hangs up when the first of the answer has come. */
async function ask(port: number, { path = '/orders', headers: further = {} }: Order): Promise<void> {
  const fields = Object.entries({ host: 'shop.example', ...headers, ...further }).map((field) => field.join(': '));
  const socket = connect(port, '127.0.0.1');
  socket.write([`POST ${path} HTTP/1.1`, 'content-length: 0', ...fields, '', ''].join('\r\n'));
  await once(socket, 'data');
  socket.destroy();
}

/** The first line, without the fields that all lines have. */
async function shortLine(accessLog: AccessLogOptions, order?: Order): Promise<Line> {
  const [line = {}] = await linesOf(accessLog, order);
  return Object.fromEntries(Object.entries(line).filter(([name]) => !onAllLines.has(name)));
}

const onAllLines = new Set(['time', 'service', 'env', 'version', 'logger', 'trace_id', 'span_id', 'trace_flags']);

/** What produces the blocks of the page about the access line. */
export const accessLines: Readonly<Record<string, () => Promise<unknown>>> = {
  'access-line-custom': () =>
    shortLine({
      customProps: ({ headers: { 'x-tenant': tenant } }) => ({ tenant: tenant ?? 'none' }),
      customAttributeKeys: { responseTime: 'took_ms' },
      serializers: { req: ({ url }: Line) => ({ url }) },
    }),
  'access-line-started': () => shortLine({ customReceivedMessage: () => 'events wanted' }, { path: '/events' }),
  'access-line-events': () => shortLine({}, { path: '/events' }),
  'access-line-proxied': () =>
    shortLine({}, { headers: { 'x-forwarded-for': '6.6.6.6, 203.0.113.7' }, trustedProxies: 1 }),
  'access-line-pino-http': async () => (await linesOf({ format: 'pino-http' }))[0],
  'access-line-ecs': async () => (await linesOf({ format: 'ecs' }))[0],
  'access-line-otel': async () => (await linesOf({ format: 'otel' }))[0],
  'access-line-repeated': async () => (await linesOf({}, { path: '/orders/7/pay' })).map(ofError),
};

function ofError({ level, logger, request_id: id, err, msg }: Line): Line {
  return { level, logger, request_id: id, err, msg };
}
