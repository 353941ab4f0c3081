import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { backoffMs, maxPauseMs, readRetryAfter } from './backoff.js';

const nowMs = Date.UTC(2026, 10, 20, 10, 0, 0);

describe('back-off', () => {
  it('is 30 s, give or take a fifth', () => {
    expect([backoffMs(0), backoffMs(0.5), backoffMs(1)]).toEqual([24_000, 30_000, 36_000]);
  });

  it('is never shorter than the server asked for, and within 1 s and 5 min', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(1e9), (random, askedMs) => {
        const delayMs = backoffMs(random, askedMs);
        expect(delayMs).toBeGreaterThanOrEqual(Math.min(Math.max(askedMs, 1_000), 300_000));
        expect(delayMs).toBeLessThanOrEqual(300_000);
      }),
    );
  });

  it('goes on for as long as a day, when the server says so in a way of its own', () => {
    expect([backoffMs(0, 3_600_000, maxPauseMs), backoffMs(1, 1e12, maxPauseMs)]).toEqual([3_600_000, 86_400_000]);
  });

  it.each([
    ['120', 120_000],
    ['0', 0],
    [' 1.5 ', 1_500],
    ['Fri, 20 Nov 2026 10:00:30 GMT', 30_000],
    ['Fri, 20 Nov 2026 09:00:00 GMT', 0],
    ['soon', undefined],
    ['-1', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('reads Retry-After %j', (header, askedMs) => expect(readRetryAfter(header, nowMs)).toBe(askedMs));
});
