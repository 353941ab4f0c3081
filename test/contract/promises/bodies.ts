/** Bodies: the context outlives every body parser, however the body is cut into packets. */
import { getRequestId } from '@throughline/core';
import { expect, it } from 'vitest';
import { type Cell, post } from '../cell.js';
import { head, idsIn, sendRaw } from '../client.js';
import { type Service, start } from '../start.js';

const multipart = [
  '--cut',
  'Content-Disposition: form-data; name="note"',
  '',
  'moonlight',
  '--cut',
  'Content-Disposition: form-data; name="file"; filename="a.txt"',
  'Content-Type: text/plain',
  '',
  'contents',
  '--cut--',
  '',
].join('\r\n');

const bodies: [kind: string, type: string, body: string][] = [
  ['json', 'application/json', '{"note":"moonlight"}'],
  ['urlencoded', 'application/x-www-form-urlencoded', 'note=moonlight&again=yes'],
  ['multipart', 'multipart/form-data; boundary=cut', multipart],
  ['raw', 'application/octet-stream', 'moonlight'],
];

/** Starts a service whose handler logs, and answers with the body that the parser made, as text. */
async function startParsers(cell: Cell): Promise<Service> {
  const service: Service = await start(cell, {
    routes: [
      post('/notes', ({ body }) => {
        service.log.info('parsed');
        const text = Buffer.isBuffer(body) ? body.toString() : JSON.stringify(body);
        return { headers: { 'x-seen': getRequestId() ?? 'none' }, body: text };
      }),
    ],
  });
  return service;
}

/** The body in three packets. */
function cut(body: string): string[] {
  const third = Math.ceil(body.length / 3);
  return [body.slice(0, third), body.slice(third, 2 * third), body.slice(2 * third)];
}

async function expectParsed(service: Service, received: string): Promise<void> {
  expect(received).toMatch(/^HTTP\/1.1 20/);
  expect(received).toContain('moonlight');
  expect(received).toMatch(/^x-seen: demo-1\r$/im);
  expect((await service.finish()).lines).toMatchObject([
    { msg: 'parsed', request_id: 'demo-1' },
    { msg: 'request completed', request_id: 'demo-1', route: '/notes' },
  ]);
}

export function promiseBodies(cell: Cell): void {
  it.each(bodies)(
    'keeps the context after the %s parser when the body comes in several packets',
    async (_, type, body) => {
      const service = await startParsers(cell);
      const headers = ['X-Request-Id: demo-1', `Content-Type: ${type}`, `Content-Length: ${body.length}`];
      await expectParsed(service, await sendRaw(service.port, head('POST /notes', ...headers), ...cut(body)));
    },
  );

  it.each(bodies)('keeps the context after the %s parser when the body is chunked', async (_, type, body) => {
    const service = await startParsers(cell);
    const headers = ['X-Request-Id: demo-1', `Content-Type: ${type}`, 'Transfer-Encoding: chunked'];
    const chunks = cut(body).map((part) => `${part.length.toString(16)}\r\n${part}\r\n`);
    await expectParsed(service, await sendRaw(service.port, head('POST /notes', ...headers), ...chunks, '0\r\n\r\n'));
  });

  it('joins the line of a body that cannot be parsed with its answer', async () => {
    const service = await startParsers(cell);
    const headers = ['X-Request-Id: demo-1', 'Content-Type: application/json', 'Content-Length: 9'];
    const received = await sendRaw(service.port, head('POST /notes', ...headers), '{"a"', ':nope');
    expect(received).toMatch(/^HTTP\/1.1 400 /);
    expect(idsIn(received)).toEqual(['demo-1']);
    expect((await service.finish()).lines).toMatchObject([{ level: 'warn', request_id: 'demo-1', status: 400 }]);
  });
}
