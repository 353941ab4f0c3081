/** Plain fields: put on a line in one pass, they stand there as pino and the longer way would have put them. */
import { createObservability, pinoOptions, runWithContext } from '@throughline/core';
import fc from 'fast-check';
import pino, { type Logger, type LoggerOptions } from 'pino';
import { expect, it, onTestFinished, vi } from 'vitest';

const lines: string[] = [];

function logger(options: LoggerOptions = {}): Logger {
  return pino(pinoOptions({ level: 'info', ...options }), { write: (line) => void lines.push(line) });
}

/** The line of these fields by a logger of that kind, in a context that has fields too. */
function lineOf(log: Logger, fields: object): string {
  lines.length = 0;
  runWithContext({ requestId: 'r-1', user: { id: 'u-1' }, fields: { tenant: 't-1' } }, () => log.info(fields, 'told'));
  expect(lines).toHaveLength(1);
  return lines[0] ?? '';
}

function startService(): void {
  vi.useFakeTimers({ now: 0, toFake: ['Date'] });
  const observability = createObservability({
    exporters: [],
    service: { name: 'shop', version: '1', environment: 'test' },
  });
  onTestFinished(() => {
    vi.useRealTimers();
    return observability.close();
  });
}

const text = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.constantFrom('token=s3cr3t', 'https://a:b@c.test/?sig=1', '"quoted"', '\\', '\u2028', '\u0000', 'x'.repeat(1_025)),
);

/** Names of ours among them, and some that say nothing about their value. */
const name = fc.oneof(
  fc.constantFrom(
    'level',
    'time',
    'msg',
    'service',
    'logger',
    'request_id',
    'user_id',
    'tenant',
    'region',
    '__proto__',
    'password',
    'err',
    'trace_id',
    'sample_rate',
  ),
  text,
);

const plain = fc.oneof(text, fc.integer(), fc.double(), fc.boolean(), fc.constantFrom(null, undefined));
const fields = fc.dictionary(name, fc.oneof({ weight: 9, arbitrary: plain }, { weight: 1, arbitrary: fc.object() }));

it('stand on a line as they do where a formatter is asked for them', () => {
  startService();
  const plainly = logger();
  const longWay = logger({ formatters: { log: (given) => given } });
  fc.assert(
    fc.property(fields, (given) => {
      expect(lineOf(plainly, given)).toBe(lineOf(longWay, given));
    }),
    { numRuns: 1_000, examples: [[{ valueOf: '' }], [{ constructor: 1 }]] },
  );
});

it('are well-formed where half of a surrogate pair was cut off', () => {
  startService();
  expect(lineOf(logger(), { region: 'eu \ud83d' })).toContain('"region":"eu \\ud83d"');
});

it.each<[string, LoggerOptions, object]>([
  ['its own serializer', { serializers: { region: () => 'made' } }, { region: 'made' }],
  ['its own mixin', { mixin: () => ({ mixed: true }) }, { region: 'eu', mixed: true }],
  ['its own redaction', { redact: ['region'] }, { region: '[Redacted]' }],
  ['its own key for fields', { nestedKey: 'payload' }, { payload: { region: 'eu' } }],
  ['its own formatter', { formatters: { log: () => ({ formed: 1 }) } }, { formed: 1 }],
])('are left to a logger with %s', (_, options, expected) => {
  startService();
  expect(JSON.parse(lineOf(logger(options), { region: 'eu' }))).toMatchObject({ request_id: 'r-1', ...expected });
});

it('stay with their own line when a placeholder of its message logs as well', () => {
  startService();
  const log = logger();
  const order = { toString: () => (log.info({ rows: 2 }, 'read'), 'o-1') };
  lines.length = 0;
  log.info({ region: 'eu' }, 'sold %s', order);
  log.info('sold %s', order);
  expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
    expect.objectContaining({ rows: 2, msg: 'read' }),
    expect.objectContaining({ region: 'eu', msg: 'sold o-1' }),
    expect.objectContaining({ rows: 2, msg: 'read' }),
    expect.not.objectContaining({ rows: 2 }),
  ]);
});

it('are left on a destination that asks pino for them', () => {
  startService();
  const destination = { [Symbol.for('pino.metadata')]: true, lastObj: undefined, write: () => {} };
  pino(pinoOptions({ level: 'info' }), destination).info({ region: 'eu' }, 'told');
  expect(destination.lastObj).toEqual({ region: 'eu' });
});

it.each([
  ['formatter', { formatters: { log: () => ({ region: 'eu' }) } }],
  ['mixin', { mixin: () => ({ region: 'eu' }) }],
])('made by a %s stand beside the message of a call that gives nothing in their place', (_, options) => {
  startService();
  const log = logger(options);
  lines.length = 0;
  log.info(null, 'sold %s', 'o-1');
  log.info(undefined, 'sold %s', 'o-1');
  for (const line of lines) expect(JSON.parse(line)).toMatchObject({ region: 'eu', msg: 'sold o-1' });
  expect(lines).toHaveLength(2);
});
