import { describe, expect, it } from 'vitest';
import { systemClock } from './clock.js';

describe('system clock', () => {
  it.each([Infinity, Number.NaN, 2 ** 40])(
    'takes a delay of %d for a long one, which Node would take for none',
    (delayMs) => {
      const warned: unknown[] = [];
      const emit = process.emitWarning;
      process.emitWarning = (warning: unknown) => void warned.push(warning);
      systemClock.after(delayMs, () => undefined).cancel();
      process.emitWarning = emit;
      expect(warned).toEqual([]);
    },
  );
});
