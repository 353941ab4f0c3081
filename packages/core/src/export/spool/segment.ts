/** Segment: one file of a journal; what it holds can be known without parsing more than is sent. */
import type { ErrorRecord } from '../record.js';
import type { Sender } from '../destination.js';
import { kindOf, payloadOf, readFrames, type Frame } from './frame.js';

/** Version of what is written; a file of another one is not read, and its journal left alone. */
const format = 1;

/** Who made the records: after a restart the service may have another version, and surely another process id. */
export type Author = Omit<Sender, 'nowMs'>;

/** A file of a journal. */
export interface Segment {
  /** Place in the order of the journal. */
  readonly number: number;
  name: string;
  bytes: number;
  /** Reports written to it, one a frame; unknown of a file that a crash left open. */
  reports: number | undefined;
  /** Behind the last record; what follows only repeats. */
  recordsEnd: number;
}

/** A record in the bytes of a segment, with what was folded into it. */
export interface StoredRecord extends Frame {
  count: number;
  /** Of the folded reports; `undefined` when there are none. */
  firstSeenMs: number | undefined;
  lastSeenMs: number | undefined;
}

export interface SegmentContents {
  readonly author: Author | undefined;
  readonly records: readonly StoredRecord[];
  /** Reports that the records stand for. */
  readonly reports: number;
  readonly damaged: number;
}

const namePattern = /^(?<number>\d{8})(?:-(?<reports>\d{1,9}))?\.jsonl$/;

/** The name of a file; of one that is complete, how many reports it holds, so that nobody has to read it to know. */
export function segmentName(number: number, reports?: number): string {
  return `${String(number).padStart(8, '0')}${reports === undefined ? '' : `-${reports}`}.jsonl`;
}

export function readSegmentName(name: string): { number: number; reports: number | undefined } | undefined {
  const { number, reports } = namePattern.exec(name)?.groups ?? {};
  if (number === undefined) return undefined;
  return { number: Number(number), reports: reports === undefined ? undefined : Number(reports) };
}

export function headPayload(author: Author): string {
  return `#${JSON.stringify({ format, author })}`;
}

/** Says that the record at this offset happened once more. */
export function foldPayload(start: number, timeMs: number): string {
  return `+${start} ${timeMs}`;
}

/** Finds the records from an offset on; nothing in a file of another format. */
export function readSegment(bytes: Buffer, from: number): SegmentContents {
  const { frames, damaged } = readFrames(bytes);
  const records = new Map<number, StoredRecord>();
  let author: Author | undefined;
  let reports = 0;
  for (const frame of frames) {
    const kind = kindOf(bytes, frame);
    if (kind === '#') {
      const head = parse(payloadOf(bytes, frame));
      if (head?.['format'] !== format) return { author, records: [], reports: 0, damaged: damaged + 1 };
      author = head['author'] as Author;
    } else if (kind === '{' && frame.start >= from) {
      records.set(frame.start, { ...frame, count: 1, firstSeenMs: undefined, lastSeenMs: undefined });
      reports++;
    } else if (kind === '+' && fold(records, payloadOf(bytes, frame))) reports++;
  }
  return { author, records: [...records.values()], reports, damaged };
}

function fold(records: ReadonlyMap<number, StoredRecord>, payload: string): boolean {
  const [start, timeMs] = payload.slice(1).split(' ').map(Number);
  const record = records.get(start ?? -1);
  if (record === undefined || timeMs === undefined) return false;
  record.count++;
  record.firstSeenMs = Math.min(record.firstSeenMs ?? timeMs, timeMs);
  record.lastSeenMs = Math.max(record.lastSeenMs ?? timeMs, timeMs);
  return true;
}

/** Reads a record; `undefined` when it is none of ours. */
export function readRecord(bytes: Buffer, frame: Frame): ErrorRecord | undefined {
  const stored = parse(payloadOf(bytes, frame)) as Partial<ErrorRecord> | undefined;
  if (stored === undefined) return undefined;
  const { uid, timeMs, level, message, logger, error, location, attributes, truncated, bytes: size } = stored;
  const isOurs =
    typeof uid === 'string' &&
    typeof timeMs === 'number' &&
    typeof message === 'string' &&
    typeof attributes === 'object' &&
    attributes !== null;
  if (!isOurs) return undefined;
  return Object.freeze({
    uid,
    timeMs,
    level: level === 'fatal' ? 'fatal' : 'error',
    message,
    logger,
    error,
    location,
    attributes,
    truncated,
    bytes: typeof size === 'number' ? size : frame.end - frame.start,
  });
}

function parse(text: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(text.startsWith('#') ? text.slice(1) : text) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}
