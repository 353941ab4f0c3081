/** Protobuf reader: the fields of a small message from elsewhere, of which nothing is believed. */

/** A number of whatever width, or the bytes of a text or a nested message. */
export type ProtobufField = bigint | Uint8Array;

/** Reads the fields by number, the last of each; `undefined` when the bytes are no message. */
export function readProtobuf(bytes: Uint8Array): Map<number, ProtobufField> | undefined {
  const fields = new Map<number, ProtobufField>();
  const cursor = { bytes, at: 0 };
  while (cursor.at < bytes.length) {
    const tag = readVarint(cursor);
    const field = tag === undefined || tag < 8n || tag > 0xffff_ffffn ? undefined : readField(cursor, Number(tag & 7n));
    if (tag === undefined || field === undefined) return undefined;
    fields.set(Number(tag >> 3n), field);
  }
  return fields;
}

interface Cursor {
  readonly bytes: Uint8Array;
  at: number;
}

/** Wire types: https://protobuf.dev/programming-guides/encoding/#structure */
function readField(cursor: Cursor, wireType: number): ProtobufField | undefined {
  if (wireType === 0) return readVarint(cursor);
  if (wireType === 1) return readBytes(cursor, 8);
  if (wireType === 5) return readBytes(cursor, 4);
  if (wireType !== 2) return undefined;
  const length = readVarint(cursor);
  return length === undefined ? undefined : readBytes(cursor, Number(length));
}

function readBytes(cursor: Cursor, length: number): Uint8Array | undefined {
  if (length > cursor.bytes.length - cursor.at) return undefined;
  const start = cursor.at;
  cursor.at += length;
  return cursor.bytes.subarray(start, cursor.at);
}

function readVarint(cursor: Cursor): bigint | undefined {
  let value = 0n;
  for (let shift = 0n; shift < 70n; shift += 7n) {
    const byte = cursor.bytes[cursor.at++];
    if (byte === undefined) return undefined;
    value |= BigInt(byte & 127) << shift;
    if (byte < 128) return value;
  }
  return undefined;
}
