/** Queue: what waits for one destination in memory, bounded in bytes; the oldest makes room. */
import type { ErrorRecord } from './record.js';
import type { WaitingEntry, WaitingErrors } from './waiting.js';

/** Memory of an entry beside its record and its fingerprint: the entry itself, its places in list and map. */
const entryOverheadBytes = 400;

export class Queue {
  readonly #maxBytes: number;
  readonly #errors: WaitingErrors;
  #entries: WaitingEntry[] = [];
  #bytes = 0;
  #weight = 0;

  /** @param maxBytes Bound on everything held, what was taken and not yet released included. */
  constructor(maxBytes: number, errors: WaitingErrors) {
    this.#maxBytes = maxBytes;
    this.#errors = errors;
  }

  /** Reports that are held, those in flight included. */
  get weight(): number {
    return this.#weight;
  }

  get isEmpty(): boolean {
    return this.#entries.length === 0;
  }

  /** Whether what leaves next was read back from disk, sent in vain and put back. */
  get isReplayedNext(): boolean {
    return this.#entries[0]?.replayed === true;
  }

  hasRoomFor(entry: WaitingEntry): boolean {
    return this.#bytes + bytesOf(entry) <= this.#maxBytes;
  }

  /** Adds an entry; returns what had to leave for it, the entry itself when it fits in no case. */
  push(entry: WaitingEntry): WaitingEntry[] {
    const dropped: WaitingEntry[] = [];
    this.hold(entry);
    this.#entries.push(entry);
    while (this.#bytes > this.#maxBytes && this.#entries.length > 0) {
      const oldest = this.#shift(1);
      this.release(oldest);
      dropped.push(...oldest);
    }
    return dropped;
  }

  /** Counts one more report in an entry that waits here. */
  grow(): void {
    this.#weight++;
  }

  /** Takes the oldest entries of one author, one at least; they stay counted until they are released or put back. */
  take(maxEntries: number, maxBytes: number): WaitingEntry[] {
    const author = this.#entries[0]?.author;
    let count = 0;
    let bytes = 0;
    for (const { bytes: size, author: other } of this.#entries) {
      bytes += size;
      if (count > 0 && (count >= maxEntries || bytes > maxBytes || other !== author)) break;
      count++;
    }
    return this.#shift(count);
  }

  /** Puts entries that were taken back to the front. */
  putBack(entries: readonly WaitingEntry[]): void {
    this.#entries = [...entries, ...this.#entries];
  }

  /** Counts an entry that was taken from elsewhere. */
  hold(entry: WaitingEntry): void {
    this.#bytes += bytesOf(entry);
    this.#weight += entry.count;
  }

  /** Forgets entries that were taken: they were delivered or given up. */
  release(entries: readonly WaitingEntry[]): void {
    for (const entry of entries) {
      this.#bytes -= bytesOf(entry);
      this.#weight -= entry.count;
    }
  }

  /** Puts another, smaller record in the place of a taken entry's. */
  replace(entry: WaitingEntry, record: ErrorRecord): WaitingEntry {
    const smaller = { ...entry, record, bytes: record.bytes };
    this.release([entry]);
    this.hold(smaller);
    return smaller;
  }

  #shift(count: number): WaitingEntry[] {
    // One by one is how a full queue makes room: V8 shifts an array in no time, but moves it to splice it.
    const taken =
      count === 1 ? [this.#entries.shift()].filter((entry) => entry !== undefined) : this.#entries.splice(0, count);
    for (const entry of taken) this.#errors.close(entry);
    return taken;
  }
}

function bytesOf({ bytes, fingerprint }: WaitingEntry): number {
  return bytes + fingerprint.length + entryOverheadBytes;
}
