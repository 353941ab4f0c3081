/** The echo: every response carries the id, equal to the one on every line of the request. */
import type { OutgoingHttpHeaders } from 'node:http';
import { Readable } from 'node:stream';
import { expect, it } from 'vitest';
import { bodyLimitBytes, type Cell, get, post } from '../cell.js';
import type { Request } from '../client.js';
import { type Service, start } from '../start.js';

const json = { 'content-type': 'application/json' };

const requests: [name: string, status: number, request: Request][] = [
  ['200', 200, { path: '/fine' }],
  ['304', 304, { path: '/unchanged' }],
  ['404', 404, { path: '/nowhere' }],
  ['an empty 204', 204, { path: '/empty' }],
  ['a redirect', 302, { path: '/moved' }],
  ['500', 500, { path: '/broken' }],
  ['malformed JSON', 400, { method: 'POST', path: '/echo', headers: json, body: '{"a":' }],
  ['413', 413, { method: 'POST', path: '/echo', headers: json, body: JSON.stringify('a'.repeat(2 * bodyLimitBytes)) }],
  ['a streamed body', 200, { path: '/stream' }],
];

/** Starts a service with one handler for each way to answer; handlers log before they do. */
async function startAnswers(cell: Cell): Promise<Service> {
  const service: Service = await start(cell, {
    after: [(_req, _res, next) => (service.log.info('seen'), next())],
    routes: [
      get('/fine', () => ({ body: 'fine' })),
      get('/unchanged', () => ({ status: 304 })),
      get('/empty', () => ({ status: 204 })),
      get('/moved', () => ({ status: 302, headers: { location: '/fine' } })),
      get('/broken', () => {
        throw new Error('broken');
      }),
      get('/stream', () => ({ body: Readable.from(['one ', 'two ', 'three']) })),
      get('/own', () => ({ headers: { 'x-request-id': 'of-the-handler' }, body: 'own' })),
      post('/echo', ({ body }) => ({ body: { body } })),
    ],
  });
  return service;
}

/** Headers as Node's `writeHead` takes them, one of them the id. */
const heads: Record<string, object> = {
  'an object': { 'X-Request-Id': 'of-the-handler', 'Set-Cookie': ['a=1', 'b=2'] },
  'a flat list': ['X-Request-Id', 'of-the-handler', 'Set-Cookie', 'a=1', 'Set-Cookie', 'b=2'],
  'a list of pairs': [
    ['X-Request-Id', 'of-the-handler'],
    ['Set-Cookie', 'a=1'],
    ['Set-Cookie', 'b=2'],
  ],
};

const nothing = [undefined] as unknown as [];

export function promiseEcho(cell: Cell): void {
  it.each(requests)('answers with the id on %s', async (_, status, request) => {
    const service = await startAnswers(cell);
    const headers = { ...request.headers, 'x-request-id': 'demo-1' };
    expect(await service.send({ ...request, headers })).toMatchObject({ status, id: 'demo-1' });
  });

  it.each(requests)('answers with the id that is logged on %s', async (_, status, request) => {
    const service = await startAnswers(cell);
    const { id } = await service.send(request);
    expect((await service.finish()).lines).toMatchObject([
      { msg: 'seen', request_id: id },
      { msg: expect.stringMatching(/^request /), request_id: id, status },
    ]);
  });

  it.each(['HEAD', 'OPTIONS', 'PROPFIND', 'PURGE', 'DELETE'])(
    'answers %s with the id that is logged',
    async (method) => {
      const service = await startAnswers(cell);
      const { id } = await service.send({ method, path: '/fine' });
      expect(id).toBeTruthy();
      expect((await service.finish()).lines).toMatchObject([
        { msg: 'seen', request_id: id, method },
        { msg: expect.stringMatching(/^request /), request_id: id, method },
      ]);
    },
  );

  it('does not let a handler replace the id', async () => {
    const service = await startAnswers(cell);
    const { id } = await service.send('/own');
    expect(id).not.toBe('of-the-handler');
    expect((await service.finish()).access).toMatchObject([{ request_id: id }]);
  });

  it.each(Object.entries(heads))('answers with the id and all else of a head given as %s', async (_, given) => {
    const service = await start(cell, {
      // A proxy of `writeHead`, such as that of the compression middleware, hands on what it was not given.
      after: [(_req, res) => void res.writeHead(200, given as OutgoingHttpHeaders, ...nothing).end('fine')],
    });
    const { id, headers } = await service.send('/');
    expect(headers['set-cookie']).toEqual(['a=1', 'b=2']);
    expect((await service.finish()).access).toMatchObject([{ request_id: id, status: 200 }]);
  });
}
