import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createUlid, ulidNanos } from './ulid.js';

describe('ulid', () => {
  it('has 26 characters and begins with its time', () => {
    // The example of https://github.com/ulid/spec.
    expect(createUlid()(1_469_918_176_385)).toMatch(/^01ARYZ6S41[0-9A-HJKMNP-TV-Z]{16}$/);
  });

  it('rises always, within a millisecond as well as when the clock goes back', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 2 ** 47, noNaN: true }), { minLength: 2 }), (times) => {
        const createUid = createUlid();
        const ids = times.map((timeMs) => createUid(timeMs));
        expect(ids).toEqual([...new Set(ids)].toSorted());
      }),
    );
  });

  it('differs from process to process', () => {
    expect(createUlid()(1)).not.toBe(createUlid()(1));
  });

  it('gives numbers below a million that tell the ids of one millisecond apart', () => {
    const createUid = createUlid();
    const numbers = Array.from({ length: 10_000 }, () => ulidNanos(createUid(1)));
    expect(new Set(numbers).size).toBe(10_000);
    expect(numbers.filter((number) => !Number.isInteger(number) || number < 0 || number > 999_999)).toEqual([]);
  });

  it('gives numbers that rise with the ids', () => {
    expect(['0000', '0001', '0010', 'GGGG'].map((tail) => ulidNanos(`01ARYZ6S41TSV4RRFFQ69G${tail}`))).toEqual([
      0, 1, 32, 541_200,
    ]);
  });
});
