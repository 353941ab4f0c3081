/** Loki JSON: a batch as the body of a push request, within the limits that Loki sets by default. */
import type { Scalar } from './attributes.js';
import type { Sender } from './destination.js';
import { flatRecord, isoTime } from './flat-record.js';
import type { Entry } from './fold.js';
import type { ErrorRecord } from './record.js';
import { ulidNanos } from './ulid.js';

/** How entries are written. */
export interface LokiShape {
  /** Labels beside `service_name`, `env` and `level`. */
  readonly labels: Readonly<Record<string, string>>;
  /** Whether fields go beside the line; else the line is JSON with all of them in it. */
  readonly structuredMetadata: boolean;
}

type Value = [nanoseconds: string, line: string, metadata?: Record<string, string>];

// The limits are defaults of Loki's: https://grafana.com/docs/loki/latest/configure/#limits_config
const maxMetadataBytes = 65_536;
const maxMetadataEntries = 128;
const maxLineBytes = 262_144;
/** A character of a JavaScript text is at most three bytes of UTF-8. */
const maxLineLength = Math.floor(maxLineBytes / 3);

const minuteMs = 60_000;
/** Loki refuses what is older than a week or 10 min ahead of its own clock; with a margin. */
const maxAgeMs = (7 * 24 - 1) * 60 * minuteMs;
const maxAheadMs = 5 * minuteMs;
/** What is stamped anew gets the same time for so long: Loki knows a line that comes twice by time and text. */
const slotMs = 10 * minuteMs;

/**
 * Writes a batch. Labels, time and line of an entry are the same whenever it is written, so that one which comes twice
 * is stored once.
 */
export function encodeLokiJson(batch: readonly Entry[], sender: Sender, shape: LokiShape): string {
  const streams = new Map<string, { stream: Record<string, string>; values: Value[] }>();
  for (const entry of batch) {
    const stream = labelsOf(entry, sender, shape);
    const key = `${entry.record.level} ${entry.replayed}`;
    const known = streams.get(key) ?? { stream, values: [] };
    known.values.push(valueOf(entry, sender, shape));
    streams.set(key, known);
  }
  // Nanoseconds have 19 digits from 2001 to 2286, so their texts are in the order of time.
  for (const { values } of streams.values()) values.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return JSON.stringify({ streams: [...streams.values()] });
}

function labelsOf({ record, replayed }: Entry, sender: Sender, { labels }: LokiShape): Record<string, string> {
  return {
    service_name: sender.name,
    ...(sender.environment && { env: sender.environment }),
    level: record.level,
    // Loki refuses what is an hour behind the newest line of the same stream.
    ...(replayed && { replay: 'true' }),
    ...labels,
  };
}

function valueOf(entry: Entry, sender: Sender, { structuredMetadata }: LokiShape): Value {
  const { timeMs, uid } = entry.record;
  const stampMs = stampOf(timeMs, sender.nowMs);
  const time = String(Math.floor(stampMs)) + String(ulidNanos(uid)).padStart(6, '0');
  const flat = flatRecord(entry, sender);
  if (stampMs !== timeMs) flat['event_time'] = isoTime(timeMs);
  // These are labels already.
  flat['service'] = flat['level'] = undefined;
  if (sender.environment) flat['env'] = undefined;
  if (!structuredMetadata) return [time, JSON.stringify(bounded(flat, Infinity, maxLineBytes))];
  flat['message'] = undefined;
  return [time, lineOf(entry.record), bounded(flat, maxMetadataEntries, maxMetadataBytes)];
}

/** The true time where Loki takes it, else the nearest one it takes, at the same place within a slot. */
function stampOf(timeMs: number, nowMs: number): number {
  const isOld = timeMs < nowMs - maxAgeMs;
  if (!isOld && timeMs <= nowMs + maxAheadMs) return timeMs;
  const nearMs = isOld ? nowMs - maxAgeMs : nowMs - slotMs;
  return nearMs - (nearMs % slotMs) + (timeMs % slotMs);
}

/** What a person reads: `POST /orders request errored: TypeError: x is not a function`. */
function lineOf({ message, error, attributes }: ErrorRecord): string {
  const { method, route } = attributes;
  const request = method !== undefined && route !== undefined ? `${method} ${route} ` : '';
  return `${request}${withError(message, error)}`.slice(0, maxLineLength);
}

function withError(message: string, error: ErrorRecord['error']): string {
  if (error === undefined) return message;
  // What was thrown and is no error has the name of its kind for a type, such as `string`.
  const said = /^[a-z]+$/.test(error.type) ? error.message : [error.type, error.message].filter(Boolean).join(': ');
  if (message === '' || message === error.message) return said;
  return message.includes(error.message) && error.message !== '' ? message : `${message}: ${said}`;
}

/** The fields that are there, as texts under names Loki takes; what is too much is left out, and that is told. */
function bounded(flat: Record<string, unknown>, maxEntries: number, maxBytes: number): Record<string, string> {
  const fields: Record<string, string> = {};
  const sizeOf = isSmall(flat, maxBytes) ? () => 0 : exactSize;
  let leftBytes = maxBytes - sizeOf('truncated', 'true');
  let isTruncated = false;
  let leftEntries = maxEntries - 1;
  for (const [key, value] of Object.entries(flat)) {
    if (value === undefined || value === '') continue;
    const text = String(value as Scalar);
    let name = nameOf(key);
    while (Object.hasOwn(fields, name)) name += '_';
    const bytes = sizeOf(name, text);
    if (bytes > leftBytes || leftEntries === 0) {
      isTruncated = true;
      continue;
    }
    leftBytes -= bytes;
    leftEntries--;
    fields[name] = text;
  }
  if (isTruncated) fields['truncated'] = 'true';
  return fields;
}

/** Whether the fields fit in any case, so that nobody need measure each: a character is at most six bytes of JSON. */
function isSmall(flat: Record<string, unknown>, maxBytes: number): boolean {
  let length = 0;
  for (const key in flat) length += key.length + String(flat[key] as Scalar).length + 4;
  return length * 6 < maxBytes;
}

/** Names are those of labels, and two underscores in front are Loki's own. */
function nameOf(key: string): string {
  return /^(?!__)[a-zA-Z_]\w*$/.test(key) ? key : key.replace(/\W/g, '_').replace(/^_*(?=\d)|^__+/, '_');
}

/** Bytes of a field as JSON, which are at least those of its texts. */
function exactSize(name: string, text: string): number {
  return Buffer.byteLength(JSON.stringify(text)) + name.length + 4;
}
