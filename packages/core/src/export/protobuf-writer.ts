/** Protobuf writer: fields one after another into a buffer that grows; nested messages get their length afterwards. */

/** Wire types: https://protobuf.dev/programming-guides/encoding/#structure */
const varintType = 0;
const fixed64Type = 1;
const lengthType = 2;
const fixed32Type = 5;

/** Texts up to this many characters are copied here; calling into Node costs as much as copying them. */
const maxCopied = 48;

export class ProtobufWriter {
  #bytes: Buffer;
  #end = 0;

  /** @param capacity Bytes to begin with. */
  constructor(capacity: number) {
    this.#bytes = Buffer.allocUnsafe(capacity);
  }

  /** What was written; further writing may change it. */
  finish(): Uint8Array {
    return this.#bytes.subarray(0, this.#end);
  }

  /** A number of 32 bits without sign, or a boolean as 0 or 1. */
  uint(field: number, value: number): void {
    this.#tag(field, varintType);
    this.#varint(value);
  }

  /** An integer of 64 bits with sign: a negative one takes ten bytes, in two's complement. */
  int64(field: number, value: number): void {
    this.#tag(field, varintType);
    if (value >= 0 && value <= 0xffff_ffff) this.#varint(value);
    else this.#wideVarint(BigInt.asUintN(64, BigInt(value)));
  }

  double(field: number, value: number): void {
    this.#tag(field, fixed64Type);
    this.#end = this.#bytes.writeDoubleLE(value, this.#end);
  }

  fixed64(field: number, value: bigint): void {
    this.#tag(field, fixed64Type);
    this.#end = this.#bytes.writeBigUInt64LE(value, this.#end);
  }

  fixed32(field: number, value: number): void {
    this.#tag(field, fixed32Type);
    this.#end = this.#bytes.writeUInt32LE(value, this.#end);
  }

  /** Bytes given as hexadecimal digits, an even number of them. */
  hex(field: number, digits: string): void {
    this.#tag(field, lengthType);
    this.#varint(digits.length / 2);
    this.#reserve(digits.length);
    this.#end += this.#bytes.write(digits, this.#end, 'hex');
  }

  text(field: number, value: string): void {
    this.#tag(field, lengthType);
    this.#reserve(value.length * 3 + 5);
    if (value.length <= maxCopied && this.#copyAscii(value)) return;
    const start = this.#end;
    // Nearly all texts are as many bytes as characters; the others move once.
    this.#end += varintSize(value.length);
    const from = this.#end;
    this.#end += this.#bytes.write(value, from);
    this.#prefix(start, from);
  }

  /** Begins a nested message; what it returns goes to {@link ProtobufWriter.close}. */
  open(field: number): number {
    this.#tag(field, lengthType);
    return this.#end++;
  }

  /** Ends the nested message: its length is known now, and put before it. */
  close(start: number): void {
    this.#reserve(5);
    this.#prefix(start, start + 1);
  }

  /** Writes at `start` how many bytes there are from `from` on, and moves those next to it. */
  #prefix(start: number, from: number): void {
    const length = this.#end - from;
    const to = start + varintSize(length);
    if (to !== from) this.#bytes.copyWithin(to, from, this.#end);
    this.#end = start;
    this.#varint(length);
    this.#end = to + length;
  }

  /** Copies a text of plain ASCII with its length; false, with nothing written, when it is not. */
  #copyAscii(value: string): boolean {
    const bytes = this.#bytes;
    const from = this.#end + 1;
    for (let index = 0; index < value.length; index++) {
      const code = value.charCodeAt(index);
      if (code > 127) return false;
      bytes[from + index] = code;
    }
    bytes[this.#end] = value.length;
    this.#end = from + value.length;
    return true;
  }

  /** Every field begins here, so that here is room made for all of it but texts: tag, ten bytes, a nested length. */
  #tag(field: number, wireType: number): void {
    this.#reserve(16);
    this.#bytes[this.#end++] = field * 8 + wireType;
  }

  #varint(value: number): void {
    let rest = value;
    for (; rest > 127; rest >>>= 7) this.#bytes[this.#end++] = (rest & 127) | 128;
    this.#bytes[this.#end++] = rest;
  }

  #wideVarint(value: bigint): void {
    let rest = value;
    for (; rest > 127n; rest >>= 7n) this.#bytes[this.#end++] = Number(rest & 127n) + 128;
    this.#bytes[this.#end++] = Number(rest);
  }

  #reserve(count: number): void {
    if (this.#end + count <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, this.#end + count));
    larger.set(this.#bytes.subarray(0, this.#end));
    this.#bytes = larger;
  }
}

function varintSize(value: number): number {
  if (value < 128) return 1;
  if (value < 16_384) return 2;
  if (value < 2_097_152) return 3;
  return value < 268_435_456 ? 4 : 5;
}
