/** Waiting errors: those that no destination has begun to send grow with each repeat, the same for all of them. */
import type { Entry } from './fold.js';
import { recordOf, type MadeRecord } from './plain-record.js';
import type { ErrorRecord } from './record.js';
import type { Place } from './spool/journal.js';
import type { Author } from './spool/segment.js';

/** An entry on its way, and what only we need to know of it. */
export interface WaitingEntry extends Entry {
  /** What its record weighs. */
  readonly bytes: number;
  /** What tells it from other errors. */
  readonly fingerprint: string;
  /** Where it is on disk, if it is. */
  readonly place: Place | undefined;
  /** Who made it, when that was an earlier process. */
  readonly author?: Author;
}

class GrowingEntry implements WaitingEntry {
  readonly bytes: number;
  readonly fingerprint: string;
  readonly place: Place | undefined;
  count = 1;
  firstSeenMs: number;
  lastSeenMs: number;
  readonly #made: MadeRecord;

  constructor(made: MadeRecord, fingerprint: string, place: Place | undefined) {
    this.bytes = made.bytes;
    this.fingerprint = fingerprint;
    this.place = place;
    this.firstSeenMs = made.timeMs;
    this.lastSeenMs = made.timeMs;
    this.#made = made;
  }

  /** Of those that never leave, none is put together. */
  get record(): ErrorRecord {
    return recordOf(this.#made);
  }
}

export class WaitingErrors {
  readonly #growing = new Map<string, GrowingEntry>();

  /** The entry that a report of this error may be folded into. */
  find(fingerprint: string): WaitingEntry | undefined {
    return this.#growing.get(fingerprint);
  }

  /** Makes an entry that may grow. */
  add(made: MadeRecord, fingerprint: string, place: Place | undefined): WaitingEntry {
    const entry = new GrowingEntry(made, fingerprint, place);
    this.#growing.set(fingerprint, entry);
    return entry;
  }

  /** Counts one more report. */
  grow({ fingerprint }: WaitingEntry, timeMs: number): void {
    const entry = this.#growing.get(fingerprint);
    if (entry === undefined) return;
    entry.count++;
    entry.firstSeenMs = Math.min(entry.firstSeenMs, timeMs);
    entry.lastSeenMs = Math.max(entry.lastSeenMs, timeMs);
  }

  /** Lets an entry grow no more: a server may hold it under the same uid from now on. */
  close(entry: WaitingEntry): void {
    if (this.#growing.get(entry.fingerprint) === entry) this.#growing.delete(entry.fingerprint);
  }

  closeAll(): void {
    this.#growing.clear();
  }
}
