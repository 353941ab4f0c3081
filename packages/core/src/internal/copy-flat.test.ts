import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { copyFlat } from './copy-flat.js';
import { Copy } from './copy.js';
import { createKeyMatcher } from './sensitive-key.js';

const keys = createKeyMatcher(['iban'], ['next_token']);

describe('a flat copy', () => {
  it('is the one that the longer way makes, or none', () => {
    const name = fc.oneof(
      fc.string(),
      fc.string({ minLength: 120, maxLength: 140 }),
      fc.constantFrom('order_id', 'password', 'url', 'iban', 'next_token', '__proto__', 'toJSON', 'constructor'),
    );
    const value = fc.oneof(
      fc.anything({ maxDepth: 1 }),
      fc.string({ minLength: 1_000, maxLength: 1_100 }),
      fc.constantFrom('https://user:secret@example.com', Number.NaN, 1n, undefined, () => 1),
    );
    fc.assert(
      fc.property(fc.dictionary(name, value, { maxKeys: 40, noNullPrototype: true }), (fields) => {
        const whole = new Copy(keys).visit(fields);
        expect(copyFlat(fields, keys) ?? whole).toStrictEqual(whole);
      }),
    );
  });

  it('is made of an object of a few plain values', () => {
    const fields = { order_id: 7, sku: 'apple', paid: true, coupon: null, next_token: 't' };
    expect(copyFlat(fields, keys)).toEqual(fields);
  });

  it('hides what a text holds', () => {
    expect(copyFlat({ url: '/?token=canary' }, keys)).toEqual({ url: '/?token=[Redacted]' });
  });

  it.each([
    ['a secret', { password: 'canary' }],
    ['a secret of the user’s own naming', { iban: 'canary' }],
    ['a nested value', { order: { password: 'canary' } }],
    ['an error', { err: new Error('canary') }],
    ['a long text', { note: 'x'.repeat(1_025) }],
    ['a long key', { ['x'.repeat(129)]: 1 }],
    ['many members', Object.fromEntries(Array.from({ length: 33 }, (_, index) => [`n${index}`, index]))],
    [
      'a getter that throws',
      Object.defineProperty({}, 'a', { enumerable: true, get: () => JSON.parse('{') as unknown }),
    ],
    [
      'an instance of a class',
      new (class Order {
        id = 7;
      })(),
    ],
    ['an object that says itself how it is written', { id: 7, toJSON: () => ({}) }],
  ])('is not made of %s', (_, fields) => {
    expect(copyFlat(fields, keys)).toBeUndefined();
  });
});
