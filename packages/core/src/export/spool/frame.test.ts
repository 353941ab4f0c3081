import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createFrameWriter, kindOf, payloadOf, readFrames } from './frame.js';

const payload = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 200 })
  .filter((text) => !/[\n\p{Surrogate}]/u.test(text));

function write(payloads: readonly string[]): Buffer {
  const frame = createFrameWriter();
  // A frame is good until the next one is made.
  return Buffer.concat(payloads.map((text) => Buffer.from(frame(text))));
}

function read(bytes: Buffer): string[] {
  return readFrames(bytes).frames.map((frame) => payloadOf(bytes, frame));
}

describe('frames', () => {
  it('are read as they were written', () => {
    fc.assert(
      fc.property(fc.array(payload), (payloads) => {
        const bytes = write(payloads);
        expect(read(bytes)).toEqual(payloads);
        expect(readFrames(bytes).damaged).toBe(0);
      }),
    );
  });

  it('are whole or not at all, wherever a crash cuts the file', () => {
    fc.assert(
      fc.property(fc.array(payload, { minLength: 1 }), fc.nat(), (payloads, at) => {
        const bytes = write(payloads);
        const torn = bytes.subarray(0, at % bytes.length);
        const whole = read(Buffer.from(torn));
        expect(whole).toEqual(payloads.slice(0, whole.length));
        expect(write(whole).length + (readFrames(torn).damaged > 0 ? 1 : 0)).toBeLessThanOrEqual(torn.length);
        expect(readFrames(torn).damaged).toBe(write(whole).length === torn.length ? 0 : 1);
      }),
    );
  });

  it('are lost alone when a bit of them flips: those before and behind are found', () => {
    fc.assert(
      fc.property(fc.array(payload, { minLength: 1 }), fc.nat(), fc.nat(7), (payloads, at, bit) => {
        const bytes = write(payloads);
        const index = at % bytes.length;
        bytes[index] = (bytes[index] ?? 0) ^ (1 << bit);
        const found = read(bytes);
        // The case of a hexadecimal digit does not matter.
        const isHarmless = found.length === payloads.length;
        expect(payloads.filter((text) => !found.includes(text)).length).toBeLessThanOrEqual(isHarmless ? 0 : 2);
        expect(found.every((text) => payloads.includes(text))).toBe(true);
        expect(readFrames(bytes).damaged).toBe(isHarmless ? 0 : 1);
      }),
    );
  });

  it('are not found in what somebody else wrote', () => {
    fc.assert(fc.property(fc.uint8Array(), (foreign) => read(Buffer.from(foreign)).length === 0));
    expect(read(Buffer.from('ffffffff 00000000 \n00000000 00000000 \n'))).toEqual([]);
  });

  it('tell their kind without being read', () => {
    const bytes = write(['#head', '{}', '+18 7']);
    expect(readFrames(bytes).frames.map((frame) => kindOf(bytes, frame))).toEqual(['#', '{', '+']);
  });

  it('may be bigger than the buffer that most are made in', () => {
    const big = 'ü'.repeat(100_000);
    expect(read(write(['small', big, 'small']))).toEqual(['small', big, 'small']);
  });
});
