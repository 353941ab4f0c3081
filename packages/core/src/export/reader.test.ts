import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { report } from '../../testing/simulation.js';
import { createRedactor } from '../internal/redact.js';
import { fingerprintOf } from './fold.js';
import { jsonOf, PlainRecord, recordOf } from './plain-record.js';
import { createReader } from './reader.js';
import { createRecorder, type ErrorRecord } from './record.js';
import type { ErrorReport } from './report.js';

const options = { redactor: createRedactor(), createUid: () => 'uid', root: '/srv/shop', home: '/home/ada' };
const read = createReader(options);
const record = createRecorder(options);

const pieces = [
  'ada@example.com',
  '4111 1111 1111 1111',
  '41111111111111111',
  'Bearer abc.DEF-123',
  'bearer',
  'eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZGEifQ.c2ln',
  'https://u:p@host/?token=abc',
  '{"password":"x"}',
  "password: 'x'",
  '/srv/shop/src/a.ts',
  '/home/ada/.npmrc',
  '\\"',
  '\n    at f (/srv/shop/a.ts:1:2)',
  '\r\ncookie: a',
  '\x7f',
  '\0',
  'é',
  '😀',
  '\ud83d',
  ': ',
  ' ',
  'order',
  'x'.repeat(300),
  'y'.repeat(1_100),
];

const text = fc
  .array(fc.oneof(fc.constantFrom(...pieces), fc.string({ maxLength: 8 })), { maxLength: 4 })
  .map((parts) => parts.join(''));
const scalar = fc.oneof(
  { weight: 6, arbitrary: text },
  { weight: 3, arbitrary: fc.constantFrom(0, 500, 1.5, -1, 4111111111111111, NaN, true, false) },
  { weight: 1, arbitrary: fc.constantFrom(null, undefined, 1n, Symbol('s'), { a: ['b'] }, new Date(0), () => 0) },
);
const key = fc.oneof(
  fc.constantFrom(
    'request_id',
    'method',
    'route',
    'password',
    'set-cookie',
    'a@b',
    '__proto__',
    'headers',
    '...',
    '"',
    'k'.repeat(50),
  ),
  fc.string({ maxLength: 6 }),
);
const members = fc.array(fc.tuple(key, scalar), { maxLength: 8 }).map((entries) => Object.fromEntries(entries));
const ownKey = fc.oneof(
  key,
  fc.constantFrom('code', 'errno', 'detail', 'query', 'params', 'body', 'type', 'name', 'toJSON', 'cause'),
);
const error = fc
  .tuple(
    text,
    fc.constantFrom(Error, TypeError, class ShopError extends Error {}),
    fc.array(fc.tuple(ownKey, scalar), { maxLength: 4 }),
    fc.option(text),
  )
  .map(([message, Type, own, name]) => {
    const made = new Type(message);
    if (name !== null) made.name = name;
    return Object.assign(made, Object.fromEntries(own));
  });

const anyReport = fc
  .record({
    message: text,
    logger: fc.option(text, { nil: undefined }),
    error: fc.option(error, { nil: undefined }),
    fields: members,
  })
  .map(({ message, ...rest }): ErrorReport => report(message, rest));

const withoutSize = (made: ErrorRecord): ErrorRecord => ({ ...made, bytes: 0 });

describe('reader', () => {
  it('makes of any report what the longer way makes of it', () => {
    let plain = 0;
    const property = fc.property(anyReport, (given) => {
      const draft = read(given);
      const made = draft.make(7);
      const whole = record(given, 7);
      if (made instanceof PlainRecord) plain++;
      expect(draft.fingerprint).toBe(fingerprintOf(given));
      expect(withoutSize(recordOf(made))).toEqual(withoutSize(whole));
      expect(JSON.parse(jsonOf(made))).toEqual(JSON.parse(JSON.stringify(recordOf(made))));
      expect(made.bytes).toBeGreaterThanOrEqual(whole.bytes * 0.75);
    });
    fc.assert(property, { numRuns: 1_000 });
    expect(plain).toBeGreaterThan(100);
  });

  it('weighs a report of plain letters as the longer way does', () => {
    const given = report('failed', { error: new TypeError('of an order'), fields: { request_id: 'r-1', status: 500 } });
    expect(read(given).make(7).bytes).toBe(record(given, 7).bytes);
  });

  it('reads a getter no further than it lets itself be read', () => {
    const fields = {
      get secret(): string {
        throw new Error('no');
      },
    };
    expect(recordOf(read(report('x', { fields })).make(7)).attributes).toEqual(
      record(report('x', { fields })).attributes,
    );
  });

  it.each([
    ['message', (text: string) => report(text)],
    ['field', (text: string) => report('x', { fields: { text } })],
    ['message of an error', (text: string) => report('x', { error: new Error(text) })],
    ['code', (text: string) => report('x', { error: Object.assign(new Error('x'), { code: text }) })],
  ])('looks into no %s of 100 MB', (_, given) => {
    // Not joined, which takes as much memory again, until somebody asks for one of its characters.
    const long = given('x'.repeat(100_000_000));
    const before = process.memoryUsage().heapUsed;
    expect(read(long).make(7)).toBeDefined();
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(50_000_000);
  });

  it('keeps nothing alive of the long texts that its own were cut from', () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const used = (): number => (collect(), process.memoryUsage().heapUsed);
    const before = used();
    const made = Array.from({ length: 100 }, (_, index) => {
      const body = `${index} `.padEnd(1_000_000, index % 2 === 0 ? 'body ' : `it's `);
      const [field, message, own] = [0, 1_000, 2_000].map((start) => body.slice(start, start + 200));
      const error = Object.assign(new Error(message), { own });
      const draft = read(report(message ?? '', { fields: { field, method: field, route: own }, error }));
      return [draft.make(7), draft.fingerprint];
    });
    expect(used() - before).toBeLessThan(10_000_000);
    expect(made).toHaveLength(100);
  });
});
