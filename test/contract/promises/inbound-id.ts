/** Inbound request ids: the caller's is kept when it is safe and trusted, and replaced otherwise. */
import { getRequestId } from '@throughline/core';
import { expect, it } from 'vitest';
import { type Cell, get, type Setup } from '../cell.js';
import { head, idsIn, sendRaw } from '../client.js';
import { type Service, start } from '../start.js';

const uuid = /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/;

const unsafeIds: Record<string, string[]> = {
  'an empty id': ['X-Request-Id: '],
  'an id of 129 characters': [`X-Request-Id: ${'a'.repeat(129)}`],
  'an id of 200 characters': [`X-Request-Id: ${'a'.repeat(200)}`],
  'an id of 12 kB': [`X-Request-Id: ${'a'.repeat(12_000)}`],
  'a quoted id': ['X-Request-Id: "a"'],
  'an id with a quote and a brace': ['X-Request-Id: a","admin":{"b'],
  'an id with spaces': ['X-Request-Id: a b'],
  'an id with a tab': ['X-Request-Id: a\tb'],
  'an id with markup': ['X-Request-Id: <b>'],
  'a latin-1 id': ['X-Request-Id: caf\u00e9'],
  'a UTF-8 id': [`X-Request-Id: ${Buffer.from('naïve').toString('latin1')}`],
  'two different ids': ['X-Request-Id: a', 'X-Request-Id: b'],
  'the same id twice': ['X-Request-Id: a', 'x-request-id: a'],
};

/** Starts a service whose only handler answers with the id it sees. */
function startEcho(cell: Cell, setup: Partial<Setup> = {}): Promise<Service> {
  return start(cell, { ...setup, routes: [get('/', () => ({ body: { id: getRequestId() } }))] });
}

export function promiseInboundId(cell: Cell): void {
  it.each(['demo-1', 'A.b_c-d:e+f/g=h@i', '0', 'a'.repeat(128)])("keeps the caller's id %j", async (id) => {
    const service = await startEcho(cell);
    const answer = await service.send({ path: '/', headers: { 'x-request-id': id } });
    expect(answer).toMatchObject({ id, body: JSON.stringify({ id }) });
    expect((await service.finish()).access).toMatchObject([{ request_id: id }]);
  });

  it.each(Object.entries(unsafeIds))('replaces %s', async (_, headerLines) => {
    const service = await startEcho(cell);
    const received = await sendRaw(service.port, head('GET /', ...headerLines));
    const [id, ...more] = idsIn(received);
    expect(id).toMatch(uuid);
    expect(more).toEqual([]);
    expect(received).toContain(JSON.stringify({ id }));
    expect((await service.finish()).access).toMatchObject([{ request_id: id }]);
  });

  it('makes an id when the caller sends none, a new one each time', async () => {
    const service = await startEcho(cell);
    const ids = [(await service.send('/')).id, (await service.send('/')).id];
    expect(ids).toEqual([expect.stringMatching(uuid), expect.stringMatching(uuid)]);
    expect(new Set(ids).size).toBe(2);
  });

  it('reads the first header present of those configured', async () => {
    const service = await startEcho(cell, {
      request: { requestId: { headers: ['X-Correlation-Id', 'X-Request-Id'] } },
    });
    const headers = { 'x-request-id': 'second', 'x-correlation-id': 'first' };
    expect(await service.send({ path: '/', headers })).toMatchObject({ id: 'first' });
    expect(await service.send({ path: '/', headers: { 'x-request-id': 'second' } })).toMatchObject({ id: 'second' });
  });

  it('answers in the response header configured', async () => {
    const service = await startEcho(cell, { request: { requestId: { responseHeader: 'X-Trace' } } });
    const { headers } = await service.send({ path: '/', headers: { 'x-request-id': 'demo-1' } });
    expect(headers).toMatchObject({ 'x-trace': 'demo-1' });
    expect(headers).not.toHaveProperty('x-request-id');
  });

  it("takes no id from the caller with trust 'never'", async () => {
    const service = await startEcho(cell, { request: { requestId: { trust: 'never' } } });
    expect((await service.send({ path: '/', headers: { 'x-request-id': 'spoofed' } })).id).toMatch(uuid);
  });

  it('asks a trust function about each request', async () => {
    const trust: (req: { headers: Record<string, unknown> }) => boolean = (req) => req.headers['x-key'] === 'edge';
    const service = await startEcho(cell, { request: { requestId: { trust } } });
    const trusted = await service.send({ path: '/', headers: { 'x-request-id': 'demo-1', 'x-key': 'edge' } });
    const stranger = await service.send({ path: '/', headers: { 'x-request-id': 'demo-1' } });
    expect(trusted.id).toBe('demo-1');
    expect(stranger.id).toMatch(uuid);
  });

  it('makes ids with the generator given', async () => {
    const service = await startEcho(cell, { request: { requestId: { generate: () => 'made-1' } } });
    expect(await service.send('/')).toMatchObject({ id: 'made-1', body: JSON.stringify({ id: 'made-1' }) });
  });

  it.each<[string, () => string]>([
    [
      'throws',
      () => {
        throw new Error('no entropy');
      },
    ],
    ['returns a line break', () => 'a\r\nset-cookie: b'],
    ['returns nothing', () => undefined as unknown as string],
  ])('makes an id of its own when the generator %s', async (_, generate) => {
    const service = await startEcho(cell, { request: { requestId: { generate } } });
    const answer = await service.send('/');
    expect(answer).toMatchObject({ status: 200, id: expect.stringMatching(uuid) });
    expect(answer.headers).not.toHaveProperty('set-cookie');
  });

  it.each<[string, () => unknown]>([
    [
      'throws',
      () => {
        throw new Error('no trust');
      },
    ],
    ['gives a promise', () => Promise.resolve(false)],
  ])('takes no id from the caller when the trust function %s', async (_, ask) => {
    const trust = ask as () => boolean;
    const service = await startEcho(cell, { request: { requestId: { trust } } });
    const answer = await service.send({ path: '/', headers: { 'x-request-id': 'demo-1' } });
    expect(answer).toMatchObject({ status: 200, id: expect.stringMatching(uuid) });
  });
}
