/** Queue: what waits for one destination, bounded in bytes; the oldest makes room. */
import type { Entry } from './fold.js';
import type { ErrorRecord } from './record.js';

interface WaitingEntry extends Entry {
  count: number;
  firstSeenMs: number;
  lastSeenMs: number;
}

/** Memory of an entry beside its record and its fingerprint: the entry itself, its places in list and map. */
const entryOverheadBytes = 400;

export class Queue {
  readonly #maxBytes: number;
  #entries: Entry[] = [];
  /** Entries that may still grow. One that was sent before may not: the server may hold it under the same uid. */
  readonly #open = new Map<string, WaitingEntry>();
  #bytes = 0;
  #weight = 0;

  /** @param maxBytes Bound on everything held, what was taken and not yet released included. */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Reports that are held, those in flight included. */
  get weight(): number {
    return this.#weight;
  }

  get isEmpty(): boolean {
    return this.#entries.length === 0;
  }

  /** Counts one more report of an error that waits already; tells whether there was one. */
  fold(fingerprint: string, timeMs: number): boolean {
    const entry = this.#open.get(fingerprint);
    if (entry === undefined) return false;
    entry.count++;
    entry.firstSeenMs = Math.min(entry.firstSeenMs, timeMs);
    entry.lastSeenMs = Math.max(entry.lastSeenMs, timeMs);
    this.#weight++;
    return true;
  }

  /** Adds a record; returns what had to leave for it, the record itself when it fits in no case. */
  push(record: ErrorRecord, fingerprint: string): Entry[] {
    const { timeMs } = record;
    const entry: WaitingEntry = { record, count: 1, firstSeenMs: timeMs, lastSeenMs: timeMs, fingerprint };
    const dropped: Entry[] = [];
    this.#hold(entry);
    this.#entries.push(entry);
    this.#open.set(fingerprint, entry);
    while (this.#bytes > this.#maxBytes && this.#entries.length > 0) {
      const oldest = this.#shift(1);
      this.release(oldest);
      dropped.push(...oldest);
    }
    return dropped;
  }

  /** Takes the oldest entries, one at least; they stay counted until they are released or put back. */
  take(maxEntries: number, maxBytes: number): Entry[] {
    let count = 0;
    let bytes = 0;
    for (const { record } of this.#entries) {
      bytes += record.bytes;
      if (count > 0 && (count >= maxEntries || bytes > maxBytes)) break;
      count++;
    }
    return this.#shift(count);
  }

  /** Puts entries that were taken back to the front. */
  putBack(entries: readonly Entry[]): void {
    this.#entries = [...entries, ...this.#entries];
  }

  /** Forgets entries that were taken: they were delivered or given up. */
  release(entries: readonly Entry[]): void {
    for (const entry of entries) {
      this.#bytes -= bytesOf(entry);
      this.#weight -= entry.count;
    }
  }

  /** Puts another, smaller record in the place of a taken entry's. */
  replace(entry: Entry, record: ErrorRecord): Entry {
    const smaller = { ...entry, record };
    this.release([entry]);
    this.#hold(smaller);
    return smaller;
  }

  #hold(entry: Entry): void {
    this.#bytes += bytesOf(entry);
    this.#weight += entry.count;
  }

  #shift(count: number): Entry[] {
    // One by one is how a full queue makes room: V8 shifts an array in no time, but moves it to splice it.
    const taken =
      count === 1 ? [this.#entries.shift()].filter((entry) => entry !== undefined) : this.#entries.splice(0, count);
    for (const entry of taken) {
      if (this.#open.get(entry.fingerprint) === entry) this.#open.delete(entry.fingerprint);
    }
    return taken;
  }
}

function bytesOf({ record, fingerprint }: Entry): number {
  return record.bytes + fingerprint.length + entryOverheadBytes;
}
