import { describe, expect, it } from 'vitest';
import { errorFields } from './error-fields.js';
import { createRedactor } from './redact.js';

describe('errorFields', () => {
  it('tells type, message, stack, code and cause', () => {
    class OrderError extends Error {
      readonly code = 'ORDER_LOST';
      readonly order = 7;
    }
    expect(errorFields(new OrderError('lost', { cause: new TypeError('deeper') }))).toMatchObject({
      type: 'OrderError',
      message: 'lost',
      stack: expect.stringContaining('error-fields.test.ts') as string,
      code: 'ORDER_LOST',
      order: 7,
      cause: { type: 'TypeError', message: 'deeper' },
    });
  });

  it('keeps own properties, without their secrets', () => {
    const error = Object.assign(new Error('Request failed'), {
      config: { headers: { Authorization: 'Bearer canary' }, data: '{"password":"canary"}', url: '/x?token=canary' },
      body: '{"password":"canary',
    });
    const fields = errorFields(error);
    expect(fields).toMatchObject({ config: { headers: { Authorization: '[Redacted]' } } });
    expect(JSON.stringify(fields)).not.toContain('canary');
  });

  it('hides the password of a URL in the message', () => {
    expect(errorFields(new Error('connect postgres://app:canary@db/orders failed')).message).toBe(
      'connect postgres://app:[Redacted]@db/orders failed',
    );
  });

  it('ends a chain of causes that bites its tail', () => {
    const error = new Error('a');
    error.cause = new Error('b', { cause: error });
    expect(errorFields(error)).toMatchObject({ cause: { message: 'b', cause: '[Circular]' } });
  });

  it('keeps ten of ten thousand joined errors, and counts the others', () => {
    const many = Array.from({ length: 10_000 }, (_, index) => new Error(`e${index}`));
    const { errors } = errorFields(new AggregateError(many, 'all'));
    expect(errors).toHaveLength(11);
    expect(errors?.[10]).toBe('[9990 more]');
  });

  it.each([
    ['boom', { type: 'string', message: 'boom' }],
    [undefined, { type: 'undefined', message: 'undefined' }],
    [null, { type: 'null', message: 'null' }],
    [{ code: 7 }, { type: 'object', message: '{"code":7}', code: 7 }],
    [
      { name: 'Odd', message: 'like an error' },
      { type: 'Odd', message: 'like an error' },
    ],
    [Object.freeze(new RangeError('cold')), { type: 'RangeError', message: 'cold' }],
  ])('describes a thrown %s', (thrown, fields) => expect(errorFields(thrown)).toMatchObject(fields));

  it('describes hostile errors', () => {
    const hostile = new Error('x');
    for (const key of ['stack', 'name', 'message', 'cause', 'code', 'constructor']) {
      Object.defineProperty(hostile, key, {
        get: () => {
          throw new Error('no');
        },
      });
    }
    expect(errorFields(hostile)).toEqual({ type: 'Error', message: '' });
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    expect(errorFields(proxy)).toEqual({ type: 'object', message: '[Unreadable]' });
    expect(errorFields(Object.assign(new Error('x'), { message: { token: 't' } })).message).toBe(
      '{"token":"[Redacted]"}',
    );
  });

  it('follows the key names of the given redactor', () => {
    const error = Object.assign(new Error('x'), { iban: 'DE1' });
    expect(errorFields(error, createRedactor({ keys: ['iban'] }))).toMatchObject({ iban: '[Redacted]' });
  });
});
