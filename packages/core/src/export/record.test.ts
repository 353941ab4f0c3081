import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { report } from '../../testing/simulation.js';
import { createRedactor } from '../internal/redact.js';
import { flatRecord } from './flat-record.js';
import { writeOtlpJson } from './otlp-json.js';
import { otlpLogs } from './otlp-logs.js';
import { createRecorder, truncateRecord } from './record.js';
import { createUlid } from './ulid.js';

const record = createRecorder({ redactor: createRedactor(), createUid: createUlid(), root: process.cwd(), home: '' });

describe('record', () => {
  it('holds what a reader needs', () => {
    class OrderError extends Error {
      readonly code = 'LOST';
      readonly order = { id: 7, customer: { mail: 'ada@example.com' } };
    }
    const error = new OrderError('order of ada@example.com lost', { cause: new TypeError('deeper') });
    const made = record(
      report('POST /orders failed', { logger: 'orders', error, fields: { request_id: 'r-1', status: 500 } }),
    );
    expect(made).toMatchObject({
      level: 'error',
      message: 'POST /orders failed',
      logger: 'orders',
      error: { type: 'OrderError', message: 'order of [E-mail] lost', code: 'LOST' },
      location: { file: 'packages/core/src/export/record.test.ts' },
      attributes: { request_id: 'r-1', status: 500, error_order_id: 7, error_order_customer_mail: '[E-mail]' },
    });
    expect(made.error?.cause).toMatch(/^Caused by: TypeError: deeper\n {4}at /);
    expect(made.error?.stack).not.toContain(process.cwd());
  });

  it('leaves the path of a request alone that begins like the directory of the application', () => {
    const inContainer = createRecorder({
      redactor: createRedactor(),
      createUid: createUlid(),
      root: '/app',
      home: '/root',
    });
    const fields = { path: '/app/orders/7', route: '/app/orders/:id', file: '/root/.npmrc' };
    const error = Object.assign(new Error("ENOENT: open '/app/data/x'"), { path: '/app/data/x' });
    expect(inContainer(report('x', { error, fields }))).toMatchObject({
      attributes: { path: '/app/orders/7', route: '/app/orders/:id', file: '~/.npmrc', error_path: 'data/x' },
      error: { message: "ENOENT: open 'data/x'" },
    });
  });

  it('scrubs the type of an error and the name of a logger too', () => {
    const error = Object.assign(new Error('x'), { name: 'of ada@example.com' });
    const made = record(report('x', { error, logger: 'tenant ada@example.com' }));
    expect(JSON.stringify(made)).not.toContain('ada');
  });

  it('weighs every text it holds', () => {
    const code = { reason: 'x'.repeat(10_000) };
    const error = Object.assign(new Error('x'), { code, name: 'E'.repeat(1_000) });
    const made = record(report('x', { error, logger: 'l'.repeat(1_000) }));
    expect(made.bytes).toBeGreaterThan(JSON.stringify(made).length);
  });

  it('weighs a text that V8 holds at two bytes a character as such', () => {
    expect(record(report(`😀${'x'.repeat(10_000)}`)).bytes).toBeGreaterThan(20_000);
  });

  it('keeps nothing alive of the long texts that its own were cut from', () => {
    const collect = collector();
    const before = collect();
    const made = Array.from({ length: 100 }, (_, index) => {
      const body = `${index} `.padEnd(1_000_000, 'body ');
      const fields = { excerpt: body.slice(0, 200), list: Array.from({ length: 1_000 }, () => body.slice(0, 200)) };
      return truncateRecord(record(report(body.slice(0, 200), { fields, error: new Error(body.slice(0, 200)) })));
    });
    expect(collect() - before).toBeLessThan(10_000_000);
    expect(made).toHaveLength(100);
  });

  it('keeps nothing alive of them when it is whole, either', () => {
    const collect = collector();
    const before = collect();
    const made = Array.from({ length: 100 }, (_, index) => {
      const body = `${index} `.padEnd(1_000_000, 'body ');
      const [field, message, own] = [0, 1_000, 2_000].map((start) => body.slice(start, start + 200));
      return record(report(message ?? '', { fields: { field }, error: Object.assign(new Error(message), { own }) }));
    });
    expect(collect() - before).toBeLessThan(10_000_000);
    expect(made).toHaveLength(100);
  });

  it.each(['constructor', 'toString'])('is encoded with a field of the name %s', (name) => {
    const entry = { record: record(report('m', { fields: { [name]: 'x' } })), count: 1, firstSeenMs: 0, lastSeenMs: 0 };
    const sender = { name: 'shop', host: 'h', pid: 1, instanceId: 'i', nowMs: 0 };
    expect(writeOtlpJson(otlpLogs([entry], sender))).toContain(`{"key":"${name}","value":{"stringValue":"x"}}`);
    expect(JSON.stringify(flatRecord(entry, sender))).toContain(`"${name}":"x"`);
  });

  it('tells joined errors', () => {
    const error = new AggregateError([new Error('first'), 'second'], 'all failed');
    expect(record(report('x', { error })).error?.cause).toMatch(/^With: Error: first\n[\s\S]*\nWith: second$/);
  });

  it('is frozen, so that destinations can share it', () => {
    expect(Object.isFrozen(record(report('x')))).toBe(true);
  });

  it('flattens three levels, writes deeper ones as JSON, and hides secrets at any', () => {
    const fields = {
      a: { b: { c: { d: 1, token: 't' } } },
      list: [{ password: 'p' }, 2],
      empty: null,
      card: 4111111111111111,
    };
    expect(record(report('x', { fields })).attributes).toEqual({
      a_b_c: '{"d":1,"token":"[Redacted]"}',
      list: '[{"password":"[Redacted]"},2]',
      card: '[Card]',
    });
  });

  it('puts what is over 128 fields into one', () => {
    const fields = Object.fromEntries(Array.from({ length: 1_000 }, (_, index) => [`f${index}`, index]));
    const { attributes } = record(report('x', { fields }));
    expect(Object.keys(attributes)).toHaveLength(129);
    expect(attributes['other_fields']).toContain('"f128":128');
  });

  it('takes any thrown value', () => {
    fc.assert(
      fc.property(fc.anything({ withMap: true, withSet: true, withBigInt: true }), (thrown) => {
        JSON.stringify(record(report('x', { error: thrown, fields: { thrown } })));
      }),
    );
  });

  it('keeps type, message and the top of the stack when it is cut', () => {
    const error = Object.assign(new Error('m'.repeat(9_000)), { blob: 'b'.repeat(9_000) });
    const whole = record(report('x', { error }));
    const cut = truncateRecord(whole);
    expect(cut).toMatchObject({ uid: whole.uid, truncated: true, error: { type: 'Error' } });
    expect(cut.error?.stack).toHaveLength(2_048);
    expect(cut.bytes).toBeLessThan(5_000);
  });
});

/** Makes the function that says how many bytes are in use once all garbage is gone. */
function collector(): () => number {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  return () => {
    collect();
    return process.memoryUsage().heapUsed;
  };
}
