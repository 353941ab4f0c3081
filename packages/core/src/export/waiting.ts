/** Waiting errors: those that no destination has begun to send grow with each repeat, the same for all of them. */
import type { Entry } from './fold.js';
import type { ErrorRecord } from './record.js';
import type { Place } from './spool/journal.js';
import type { Author } from './spool/segment.js';

/** An entry on its way, and what only we need to know of it. */
export interface WaitingEntry extends Entry {
  /** What tells it from other errors. */
  readonly fingerprint: string;
  /** Where it is on disk, if it is. */
  readonly place: Place | undefined;
  /** Who made it, when that was an earlier process. */
  readonly author?: Author;
}

interface GrowingEntry extends WaitingEntry {
  count: number;
  firstSeenMs: number;
  lastSeenMs: number;
}

export class WaitingErrors {
  readonly #growing = new Map<string, GrowingEntry>();

  /** The entry that a report of this error may be folded into. */
  find(fingerprint: string): WaitingEntry | undefined {
    return this.#growing.get(fingerprint);
  }

  /** Makes an entry that may grow. */
  add(record: ErrorRecord, fingerprint: string, place: Place | undefined): WaitingEntry {
    const { timeMs } = record;
    const entry: GrowingEntry = { record, count: 1, firstSeenMs: timeMs, lastSeenMs: timeMs, fingerprint, place };
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
