import fc from 'fast-check';
import pino from 'pino';
import { afterEach, expect, it, vi } from 'vitest';
import { timestamp } from './timestamp.js';

afterEach(() => void vi.useRealTimers());

it('is what pino writes, at any time and in any order', () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  const times = fc.array(fc.date({ noInvalidDate: true }), { minLength: 1, maxLength: 5 });
  fc.assert(
    fc.property(times, (dates) => {
      for (const date of dates) {
        vi.setSystemTime(date);
        expect(timestamp()).toBe(pino.stdTimeFunctions.isoTime());
      }
    }),
  );
});

it('counts the milliseconds of one second', () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  for (const ms of ['000', '001', '010', '099', '100', '999']) {
    vi.setSystemTime(`2026-11-20T10:30:45.${ms}Z`);
    expect(timestamp()).toBe(`,"time":"2026-11-20T10:30:45.${ms}Z"`);
  }
});
