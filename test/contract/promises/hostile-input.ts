/** Hostile input: whatever is sent, the service answers, and writes one clean line. */
import { getRequestId } from '@throughline/core';
import { expect, it } from 'vitest';
import { type Cell, get, post } from '../cell.js';
import { head, sendRaw } from '../client.js';
import { type Service, start } from '../start.js';

const json = 'Content-Type: application/json';

/** Header lines, as Node's parser lets them through. */
const headers: Record<string, string[]> = {
  'an id of 12 kB': [`X-Request-Id: ${'a'.repeat(12_000)}`],
  'a user agent of 12 kB': [`User-Agent: ${'a'.repeat(12_000)}`],
  'a user agent with tabs and quotes': ['User-Agent: a\t"b"\\,"admin":true'],
  'a latin-1 user agent': ['User-Agent: \u0080\u009b2J\u00ff'],
  'a traceparent of 12 kB': [`traceparent: 00-${'a'.repeat(12_000)}`],
  'repeated headers': ['traceparent: a', 'traceparent: b', 'User-Agent: a', 'User-Agent: b', 'tracestate: a'],
  'names of an object prototype': ['__proto__: a', 'constructor: b', 'toString: c'],
};

const urls: Record<string, string> = {
  'an encoded line break': '/%0d%0a%7b%22forged%22:1%7d',
  'an encoded terminal sequence': '/%1b%5b2J?%1b]0;title%07',
  'an encoded NUL': '/%00',
  'a broken escape': '/orders/%',
  'a broken UTF-8 sequence': '/orders/%c3%28',
  'quotes and braces': '/orders/"a","admin":{"b',
  'a path of 12 kB': `/${'a'.repeat(12_000)}`,
  'two slashes': '//evil.example/orders/7',
  'an absolute URL': 'http://evil.example/orders/7',
  'a climb': '/../../etc/passwd',
  'names of an object prototype': '/__proto__/constructor?__proto__[a]=b',
  'a query alone': '/?%0a',
};

const bodies: Record<string, string> = {
  'a prototype': '{"__proto__":{"admin":true},"constructor":{"prototype":{}}}',
  'control characters': '{"a":"\\u001b[2J\\n\\u0000\u0007"}',
  'nothing but a NUL': '\0',
  'a deep nest': '['.repeat(1500),
};

/** What Node answers itself, before any application sees it. */
const noHttp = [
  'BREW /coffee\r\n\r\n',
  head('GET /orders/\u00e9\u009b2J'),
  head('GET /', 'X-Request-Id: a\u001b[2J'),
  head('GET /', `X-Request-Id: ${'a'.repeat(20_000)}`),
];

async function startOrders(cell: Cell): Promise<Service> {
  const service: Service = await start(cell, {
    after: [(_req, _res, next) => (service.log.info('seen'), next())],
    routes: [
      get('/orders/:id', ({ params }) => ({ body: { id: params['id'], request: getRequestId() } })),
      post('/orders', () => ({ body: 'stored' })),
    ],
  });
  return service;
}

/** One answer, with our id, and one line of ours with the same id. All is clean. */
async function expectOneCleanLine(service: Service, received: string): Promise<void> {
  expect(received).toMatch(/^HTTP\/1\.1 [2345]\d\d /);
  const id = /^x-request-id: (.*)\r$/im.exec(received)?.[1];
  expect(id).toMatch(/^[\w-]{36}$/);
  const { lines } = await service.finish();
  // Fastify answers a URL that it cannot read before any middleware runs.
  expect(lines.filter(({ msg }) => msg !== 'seen')).toMatchObject([{ msg: expect.stringMatching(/^request /) }]);
  for (const line of lines) expect(line).toMatchObject({ request_id: id });
  // oxlint-disable-next-line no-control-regex -- control characters are what must not be there
  for (const { text } of lines) expect(text).not.toMatch(/[\u0000-\u001f\u007f]/);
}

export function promiseHostileInput(cell: Cell): void {
  it('writes the path alone of a URL that names a host, a password and a query', async () => {
    const service = await startOrders(cell);
    await sendRaw(service.port, head('GET http://ann:hush@evil.example/orders/7?token=hush'));
    const { lines } = await service.finish();
    for (const { text } of lines) expect(text).not.toContain('hush');
    expect(lines.at(-1)).toMatchObject({ path: '/orders/7' });
  });

  it.each(Object.entries(headers))('answers and writes one clean line for %s in the headers', async (_, lines) => {
    const service = await startOrders(cell);
    await expectOneCleanLine(service, await sendRaw(service.port, head('GET /orders/7', ...lines)));
  });

  it.each(Object.entries(urls))('answers and writes one clean line for %s in the URL', async (_, url) => {
    const service = await startOrders(cell);
    await expectOneCleanLine(service, await sendRaw(service.port, head(`GET ${url}`)));
  });

  it.each(Object.entries(bodies))('answers and writes one clean line for %s in the body', async (_, body) => {
    const service = await startOrders(cell);
    const request = head('POST /orders', json, `Content-Length: ${body.length}`);
    await expectOneCleanLine(service, await sendRaw(service.port, request, body));
  });

  it('answers OPTIONS * and writes one clean line', async () => {
    const service = await startOrders(cell);
    await expectOneCleanLine(service, await sendRaw(service.port, head('OPTIONS *')));
  });

  it('writes nothing for a request that is not HTTP, and goes on serving', async () => {
    const service = await startOrders(cell);
    for (const request of noHttp) await sendRaw(service.port, request);
    const { id } = await service.send('/orders/7');
    expect((await service.finish()).lines).toMatchObject([
      { msg: 'seen', request_id: id },
      { msg: 'request completed', request_id: id },
    ]);
  });
}
