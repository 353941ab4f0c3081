import { createServer } from 'node:http';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { copyLimits } from './copy.js';
import { createRedactor } from './redact.js';

const redactor = createRedactor();
const secretKeys = (
  'Authorization set-cookie x-api-key apiKey access_token password passwd pwd secret client_secret ' +
  'token refreshToken session cookie private_key credentials cardNumber cvv CVC2 ssn PASSWORD_HASH ' +
  'newPassword2 proxy-authorization connect.sid aws_secret_access_key'
).split(' ');
const plainKeys = (
  'token_count tokens author passenger compass monkey id code status primary_key authenticated ' +
  'spin opinion company session_count tokenizer user_id cookie_consent'
).split(' ');

describe('redactor', () => {
  it.each(secretKeys)('takes %s for a secret', (key) => expect(redactor.isSensitive(key)).toBe(true));
  it.each(plainKeys)('lets %s through', (key) => expect(redactor.isSensitive(key)).toBe(false));

  it('copies an error as such that has lost its prototype', () => {
    const error: unknown = Object.setPrototypeOf(new Error('lost'), null);
    expect(createRedactor().copy(error)).toMatchObject({ type: 'Error', message: 'lost' });
  });

  it('follows the further and the allowed names of the user', () => {
    const own = createRedactor({ keys: ['iban'], allow: ['next_token'] });
    expect(own.copy({ IBAN: 'DE1', nextToken: 'page-2', token: 't' })).toEqual({
      IBAN: '[Redacted]',
      nextToken: 'page-2',
      token: '[Redacted]',
    });
  });

  it.each([
    [
      'an object',
      { Host: 'a', 'X-Tenant': 'canary', 'x-none': null },
      { Host: 'a', 'X-Tenant': '[Redacted]', 'x-none': null },
    ],
    ['Headers', new Headers({ host: 'a', 'x-tenant': 'canary' }), { host: 'a', 'x-tenant': '[Redacted]' }],
    [
      'a Map',
      new Map([
        ['host', 'a'],
        ['x-tenant', 'canary'],
      ]),
      { host: 'a', 'x-tenant': '[Redacted]' },
    ],
    ['what toJSON gives', { toJSON: () => ({ host: 'a', via: ['b'] }) }, { host: 'a', via: ['b'] }],
    [
      'pairs',
      [
        ['host', 'a'],
        ['x-tenant', 'canary'],
      ],
      [
        ['host', 'a'],
        ['x-tenant', '[Redacted]'],
      ],
    ],
    [
      'names and values in turn',
      ['host', 'a', 'cookie', 'canary', 'via', 'b'],
      ['host', 'a', 'cookie', '[Redacted]', 'via', 'b'],
    ],
    ['columns of a table', ['id', 'name'], ['id', 'name']],
    ['a number', 7, 7],
  ])('shows of headers those alone that may be seen: %s', (_, headers, shown) => {
    expect(redactor.copy({ headers, request_headers: headers })).toEqual({ headers: shown, request_headers: shown });
  });

  it('follows the user in what headers may be seen', () => {
    const own = createRedactor({ keys: ['via'], allow: ['X-Tenant'] });
    const headers = { via: 'a', 'x-tenant': 'b', 'x-other': 'c' };
    expect(own.copy({ headers })).toEqual({ headers: { via: '[Redacted]', 'x-tenant': 'b', 'x-other': '[Redacted]' } });
    expect(createRedactor({ allow: ['headers'] }).copy({ headers })).toEqual({ headers });
  });

  it('goes on judging rightly when more keys were seen than are remembered', () => {
    for (let index = 0; index < 10_000; index++) redactor.isSensitive(`key ${index} token_count`);
    expect([redactor.isSensitive('token'), redactor.isSensitive('tokens')]).toEqual([true, false]);
    expect(redactor.isSensitive(`${'x'.repeat(1e6)}_token`)).toBe(true);
  });

  it('gives back what JSON can hold', () => {
    for (const value of ['text', 1, -0, true, null, undefined]) expect(redactor.copy(value)).toBe(value);
    expect(redactor.copy({ a: [1, { b: 'c' }], d: undefined })).toEqual({ a: [1, { b: 'c' }] });
  });

  it('tells an absent secret from a hidden one', () => {
    expect(redactor.copy({ token: null, password: '' })).toEqual({ token: null, password: '[Redacted]' });
  });

  it('makes unusual values readable', () => {
    const cyclic: Record<string, unknown> = { name: 'loop' };
    cyclic['self'] = cyclic;
    const copied = redactor.copy({
      big: 12n,
      symbol: Symbol('s'),
      nan: Number.NaN,
      date: new Date(0),
      badDate: new Date(Number.NaN),
      map: new Map<unknown, unknown>([
        ['password', 'p'],
        [{}, 1],
      ]),
      set: new Set([1]),
      bytes: Buffer.from('abc'),
      url: new URL('https://u:p@host/x?token=t&page=2'),
      headers: new Headers({ authorization: 'Bearer x' }),
      instance: new (class Point {
        x = 1;
      })(),
      cyclic,
      call: () => 1,
    });
    expect(copied).toEqual({
      big: '12',
      symbol: 'Symbol(s)',
      nan: 'NaN',
      date: '1970-01-01T00:00:00.000Z',
      badDate: 'Invalid Date',
      map: { password: '[Redacted]', '[Object 2]': 1 },
      set: [1],
      bytes: '[Binary 3 bytes]',
      url: 'https://u:[Redacted]@host/x?token=[Redacted]&page=2',
      headers: { authorization: '[Redacted]' },
      instance: { x: 1 },
      cyclic: { name: 'loop', self: '[Circular]' },
      call: '[Function]',
    });
  });

  it('uses toJSON, and survives one that throws or returns itself', () => {
    const itself = { a: 1, toJSON: () => itself };
    const throws = {
      b: 2,
      toJSON: () => {
        throw new Error('no');
      },
    };
    expect(redactor.copy([{ toJSON: () => ({ token: 't', c: 3 }) }, itself, throws])).toEqual([
      { token: '[Redacted]', c: 3 },
      { a: 1, toJSON: '[Function]' },
      { b: 2, toJSON: '[Function]' },
    ]);
  });

  it('survives getters that throw, revoked proxies and __proto__ keys', () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    const source = JSON.parse('{"__proto__":{"polluted":true}}') as object;
    const copied = redactor.copy({
      get bad() {
        throw new Error('no');
      },
      good: 1,
      proxy,
      source,
    });
    expect(copied).toMatchObject({ bad: '[Unreadable]', good: 1, proxy: '[Unreadable]' });
    expect(JSON.stringify(copied)).toContain('{"__proto__":{"polluted":true}}');
    expect(redactor.copy(proxy)).toBe('[Unreadable]');
  });

  it('stays within its limits', () => {
    let deep: unknown = 'bottom';
    for (let level = 0; level < 100_000; level++) deep = [deep];
    const wide = Array.from({ length: 1e6 }, () => ({ a: 'x'.repeat(100) }));
    const copied = JSON.stringify(redactor.copy({ deep, long: 'x'.repeat(1e7), wide }));
    expect(copied.length).toBeLessThan(copyLimits.maxTotalLength + copyLimits.maxNodes * 100);
    expect(copied).toContain('[Truncated]');
  });

  it('summarises requests, responses and sockets and never walks them', async () => {
    const server = createServer((request, response) => {
      response.end(JSON.stringify(redactor.copy({ request, response, socket: request.socket })));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    const answer = await fetch(`http://127.0.0.1:${port}/orders?token=canary`, { method: 'PUT' });
    expect(await answer.json()).toEqual({
      request: { method: 'PUT', path: '/orders' },
      response: { status: 200 },
      socket: '[Stream]',
    });
    server.close();
  });

  it('hides secrets inside URLs, form bodies and JSON bodies, whatever their key', () => {
    const copied = redactor.copy({
      note: 'see https://ada:canary@host/reset?token=canary',
      list: ['/reset?token=canary'],
      referer: '/reset?page=1&reset_token=canary#x',
      body: '{"user":"u","password":"canary \\" canary","n":1',
      data: 'user=u&pass%77ord=canary',
    });
    expect(JSON.stringify(copied)).not.toContain('canary');
    expect(copied).toMatchObject({ referer: '/reset?page=1&reset_token=[Redacted]#x' });
  });

  it('hides the values of a failed statement, and a body that nobody could read', () => {
    const duplicate = { code: '23505', detail: 'Key (ssn, a)=(canary, (b)) already exists.' };
    const incomplete = { code: '23502', detail: 'Failing row contains (7, canary,\n null).' };
    const statement = { query: 'INSERT INTO users VALUES ($1)', parameters: ['canary'], params: ['canary'] };
    const knex = { sql: 'INSERT INTO users VALUES (?)', bindings: ['canary'], parameters: { a: 'canary' } };
    const unparsable = { type: 'entity.parse.failed', body: '<password>canary</password>' };
    for (const fields of [
      duplicate,
      incomplete,
      statement,
      knex,
      unparsable,
      { rawHeaders: ['x-api-key', 'canary'] },
    ]) {
      expect(JSON.stringify(redactor.copy(Object.assign(new Error('failed'), fields)))).not.toContain('canary');
    }
    expect(redactor.copy(Object.assign(new Error('failed'), duplicate, { params: [1], body: 'b' }))).toMatchObject({
      detail: 'Key (ssn, a)=([Redacted])',
      params: [1],
      body: 'b',
    });
  });

  it('takes an error of another realm for an error', () => {
    expect(redactor.copy(runInNewContext('new TypeError("far")'))).toMatchObject({ type: 'TypeError', message: 'far' });
  });

  const canary = 'c4n4ry';
  const leaf = fc.oneof(fc.anything({ withDate: true, withMap: true, withSet: true, withBigInt: true }), fc.string());
  const structure = fc.letrec((tie) => ({
    node: fc.oneof(
      { maxDepth: 5 },
      leaf,
      fc.record({ secretKey: fc.constantFrom(...secretKeys), value: tie('node') }).map(({ secretKey, value }) => ({
        [secretKey]: canary,
        [`${secretKey}s_in`]: value,
        [secretKey.toUpperCase()]: { nested: [canary] },
      })),
      fc.array(tie('node'), { maxLength: 4 }),
      fc.dictionary(fc.string(), tie('node'), { maxKeys: 4 }),
      tie('node').map(
        (value) =>
          new Map<unknown, unknown>([
            ['api-key', canary],
            ['plain', value],
          ]),
      ),
      tie('node').map((value) => new Set([value])),
      tie('node').map((value) => Object.assign(new Error('broken', { cause: value }), { config: { cookie: canary } })),
      tie('node').map((value) => new AggregateError([value, { password: canary }], 'several')),
    ),
  })).node;

  it('lets no canary under a sensitive key through, whatever surrounds it', () => {
    fc.assert(
      fc.property(structure, (value) => {
        expect(JSON.stringify(redactor.copy(value)) ?? '').not.toContain(canary);
      }),
    );
  });

  it('never throws, and does not change what it copies', () => {
    fc.assert(
      fc.property(
        fc.anything({ withMap: true, withSet: true, withNullPrototype: true, withTypedArray: true }),
        (value) => {
          const before = fc.stringify(value);
          JSON.stringify(redactor.copy(value));
          expect(fc.stringify(value)).toBe(before);
        },
      ),
    );
  });
});
