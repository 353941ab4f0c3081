/** Frame: one line of a segment with its length and checksum, so that a torn or altered one is noticed. */
import { crc32 } from 'node:zlib';

/** Length and checksum of the payload, eight hexadecimal digits each, with a space behind. */
const headerBytes = 18;
const checksumAt = 9;
const hexDigits = 8;
const digits = Buffer.from('0123456789abcdef');

/** Room for nearly every record; a bigger one gets a buffer of its own. */
const scratchBytes = 65_536;

const digit0 = 0x30;
const letterA = 0x61;
const lineFeed = 0x0a;
const space = 0x20;

/** Where a payload stands in the bytes of a segment. */
export interface Frame {
  /** Offset of the frame, its header included; it names the frame. */
  readonly start: number;
  /** Offset of the frame behind it. */
  readonly end: number;
}

/** Makes the function that packs a payload, a text without line feeds. The bytes are good until the next call. */
export function createFrameWriter(): (payload: string) => Uint8Array {
  const scratch = Buffer.allocUnsafeSlow(scratchBytes);
  return (payload) => {
    // UTF-8 takes at most three bytes for each unit of a text.
    const room = payload.length * 3 + headerBytes + 1;
    const buffer = room <= scratchBytes ? scratch : Buffer.allocUnsafe(room);
    const length = buffer.write(payload, headerBytes);
    writeHex(buffer, 0, length);
    writeHex(buffer, checksumAt, crc32(buffer.subarray(headerBytes, headerBytes + length)));
    buffer[checksumAt - 1] = space;
    buffer[headerBytes - 1] = space;
    buffer[headerBytes + length] = lineFeed;
    return buffer.subarray(0, headerBytes + length + 1);
  };
}

/** Eight digits; by hand in a third of the time that it takes by way of a text. */
function writeHex(buffer: Buffer, start: number, value: number): void {
  for (let index = hexDigits - 1, rest = value; index >= 0; index--, rest >>>= 4)
    buffer[start + index] = digits[rest & 15] ?? 0;
}

/** The number that eight digits write, `NaN` when one of them is none. */
function readHex(bytes: Buffer, start: number): number {
  let value = 0;
  for (let index = start; index < start + hexDigits; index++) {
    const code = bytes[index] ?? 0;
    const digit = code < letterA ? code - digit0 : code - letterA + 10;
    if (digits[digit] !== code) return Number.NaN;
    value = value * 16 + digit;
  }
  return value;
}

/** Finds the frames that are whole; `damaged` counts the places where something else stands. */
export function readFrames(bytes: Buffer): { readonly frames: readonly Frame[]; readonly damaged: number } {
  const frames: Frame[] = [];
  let damaged = 0;
  let start = 0;
  let wasWhole = true;
  while (start < bytes.length) {
    const end = endOfFrame(bytes, start);
    if (end !== undefined) frames.push({ start, end });
    else if (wasWhole) damaged++;
    wasWhole = end !== undefined;
    // No payload holds a line feed, so behind the next one a frame may begin.
    const next = end ?? bytes.indexOf(lineFeed, start) + 1;
    if (next === 0) break;
    start = next;
  }
  return { frames, damaged };
}

/** The payload of a frame. */
export function payloadOf(bytes: Buffer, { start, end }: Frame): string {
  return bytes.toString('utf8', start + headerBytes, end - 1);
}

/** The first character of a payload, which tells its kind. */
export function kindOf(bytes: Buffer, { start }: Frame): string {
  return String.fromCharCode(bytes[start + headerBytes] ?? 0);
}

function endOfFrame(bytes: Buffer, start: number): number | undefined {
  const payload = start + headerBytes;
  if (payload >= bytes.length || bytes[start + hexDigits] !== space || bytes[payload - 1] !== space) return undefined;
  const length = readHex(bytes, start);
  const end = payload + length + 1;
  if (!(length > 0) || end > bytes.length || bytes[end - 1] !== lineFeed) return undefined;
  return crc32(bytes.subarray(payload, end - 1)) === readHex(bytes, start + checksumAt) ? end : undefined;
}
