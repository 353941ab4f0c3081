/** ULID: a sortable unique id of 26 characters, rising also within one millisecond. */
import { randomFillSync } from 'node:crypto';

const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const timeLength = 10;
const randomLength = 16;

/** Random bytes fetched at once: a call for 16 takes 1.4 µs, one for 4,096 takes 1.9. */
const pool = new Uint8Array(4_096);
let poolUsed = pool.length;

/** Makes a source of ids (https://github.com/ulid/spec); each id is greater than the one before, even when the clock goes back. */
export function createUlid(): (timeMs: number) => string {
  const digits = new Uint8Array(randomLength);
  let lastMs = -1;
  let timePart = '';
  /** All but the last digit, which alone changes from one id to the next as a rule. */
  let head = '';
  return (timeMs) => {
    const wholeMs = Math.floor(timeMs);
    if (wholeMs > lastMs) {
      lastMs = wholeMs;
      timePart = encodeTime(lastMs);
      drawDigits(digits);
      head = timePart + encodeDigits(digits);
    } else if (increment(digits)) {
      head = timePart + encodeDigits(digits);
    }
    return head + alphabet.charAt(digits[randomLength - 1] ?? 0);
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

function drawDigits(digits: Uint8Array): void {
  if (poolUsed + randomLength > pool.length) {
    randomFillSync(pool);
    poolUsed = 0;
  }
  for (let index = 0; index < randomLength; index++) digits[index] = (pool[poolUsed++] ?? 0) & 31;
}

/** All digits but the last. */
function encodeDigits(digits: Uint8Array): string {
  let text = '';
  for (let index = 0; index < randomLength - 1; index++) text += alphabet.charAt(digits[index] ?? 0);
  return text;
}

/** Adds one, and tells whether more than the last digit changed; wraps round after 2^80 ids within a millisecond, which do not happen. */
function increment(digits: Uint8Array): boolean {
  for (let index = digits.length - 1; index >= 0; index--) {
    const digit = digits[index] ?? 0;
    if (digit < 31) {
      digits[index] = digit + 1;
      return index < digits.length - 1;
    }
    digits[index] = 0;
  }
  return true;
}
