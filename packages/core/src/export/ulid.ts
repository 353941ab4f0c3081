/** ULID: a sortable unique id of 26 characters, rising also within one millisecond. */
import { randomFillSync } from 'node:crypto';

const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const timeLength = 10;
const randomLength = 16;

/** Makes a source of ids (https://github.com/ulid/spec); each id is greater than the one before, even when the clock goes back. */
export function createUlid(): (timeMs: number) => string {
  const random = new Uint8Array(randomLength);
  let lastMs = -1;
  let timePart = '';
  return (timeMs) => {
    const wholeMs = Math.floor(timeMs);
    if (wholeMs > lastMs) {
      lastMs = wholeMs;
      timePart = encodeTime(lastMs);
      randomFillSync(random);
      for (let index = 0; index < randomLength; index++) random[index] = (random[index] ?? 0) & 31;
    } else {
      increment(random);
    }
    let id = timePart;
    for (const digit of random) id += alphabet.charAt(digit);
    return id;
  };
}

/** A number below a million that tells the ids of one millisecond apart, and nearly always rises with them. */
export function ulidNanos(uid: string): number {
  let tail = 0;
  for (const digit of uid.slice(-4)) tail = tail * 32 + Math.max(0, alphabet.indexOf(digit));
  return tail % 1_000_000;
}

function encodeTime(timeMs: number): string {
  let text = '';
  for (let rest = timeMs; text.length < timeLength; rest = Math.floor(rest / 32))
    text = alphabet.charAt(rest % 32) + text;
  return text;
}

/** Adds one; wraps round after 2^80 ids within a millisecond, which do not happen. */
function increment(digits: Uint8Array): void {
  for (let index = digits.length - 1; index >= 0; index--) {
    const digit = digits[index] ?? 0;
    if (digit < 31) {
      digits[index] = digit + 1;
      return;
    }
    digits[index] = 0;
  }
}
