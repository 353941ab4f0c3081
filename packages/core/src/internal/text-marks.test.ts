import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { marks, marksOf } from './text-marks.js';

/** What each mark says, in slower words. */
const meaning: Record<keyof typeof marks, RegExp> = {
  at: /@/,
  percent: /%/,
  equals: /=/,
  colon: /:/,
  doubleQuote: /"/,
  singleQuote: /'/,
  backtick: /`/,
  backslash: /\\/,
  slash: /\//,
  carriageReturn: /\r/,
  capitalJ: /J/,
  scheme: /[rc](?:\s|%)/i,
  digits: /\d(?:[ -]*\d){12}/,
  surrogate: /[\ud800-\udfff]/,
};

const text = fc
  .array(fc.oneof(fc.constantFrom(...'@%=:"\'`\\/\rJrRcC \t- 0123456789é\ud83d\u00a0'.split('')), fc.string()), {
    maxLength: 60,
  })
  .map((parts) => parts.join(''));

describe('marks of a text', () => {
  it.each(Object.keys(meaning) as (keyof typeof marks)[])('tell of %s wherever there is any', (name) => {
    fc.assert(fc.property(text, (given) => !meaning[name].test(given) || (marksOf(given) & marks[name]) !== 0));
  });

  it('tell of as many digits as the shortest card number has', () => {
    expect(marksOf('4'.repeat(12)) & marks.digits).toBe(0);
    for (const enough of ['4'.repeat(13), '44-44 4444-44444'])
      expect(marksOf(enough) & marks.digits).toBe(marks.digits);
  });

  it('are none in most texts', () => {
    for (const plain of ['', 'order lost', 'POST', 'order 123 of 4567', 'trace 4bf92f3577b34da6a3ce929d0e0e4736'])
      expect(marksOf(plain) & ~marks.scheme).toBe(0);
  });
});
