/** Backlog: what one destination has on disk alone, read back piece by piece in the order it was written. */
import type { Clock } from '../internal/clock.js';
import type { Ledger } from './ledger.js';
import { ReadFailures } from './read-failures.js';
import type { Place } from './spool/journal.js';
import { readRecord, type Author, type Segment, type StoredRecord } from './spool/segment.js';
import type { Shelf } from './spool/shelf.js';
import type { Spool } from './spool/spool.js';
import type { WaitingEntry } from './waiting.js';

interface WaitingShelf extends Shelf {
  reports: number;
  /** Whether it was written by this process, after what waits in its memory. */
  readonly isOwn: boolean;
}

/** A shelf that was read, and how far it was emptied. */
interface OpenShelf {
  readonly shelf: WaitingShelf;
  readonly bytes: Buffer;
  readonly author: Author | undefined;
  readonly records: readonly StoredRecord[];
  next: number;
}

export class Backlog {
  readonly #spool: Spool | undefined;
  readonly #ledger: Ledger;
  readonly #failures: ReadFailures;
  #shelves: WaitingShelf[] = [];
  #open: OpenShelf | undefined;
  #weight = 0;
  #isEnded = false;

  constructor(spool: Spool | undefined, ledger: Ledger, clock: Clock) {
    this.#spool = spool;
    this.#ledger = ledger;
    this.#failures = new ReadFailures(clock);
  }

  /** Reports that are on disk alone. */
  get weight(): number {
    return this.#weight;
  }

  get isEmpty(): boolean {
    return this.#open === undefined && this.#shelves.length === 0;
  }

  /** Whether anything of this process's own is on disk alone: what comes next must go there too, to stay in order. */
  get isOwn(): boolean {
    return this.#open?.shelf.isOwn === true || this.#shelves.some(({ isOwn }) => isOwn);
  }

  /** Whether what is read next was written by this process. */
  get isOwnNext(): boolean {
    return (this.#open?.shelf ?? this.#shelves[0])?.isOwn === true;
  }

  /** Whether the disk could not be read a moment ago. */
  get isResting(): boolean {
    return this.#open === undefined && this.#failures.isResting;
  }

  /** Leaves what is on disk to whoever comes next, also what is being read just now. */
  end(): void {
    this.#isEnded = true;
  }

  /** Takes on what an earlier process left. */
  add(shelves: readonly Shelf[]): void {
    for (const shelf of shelves) {
      this.#shelves.push({ ...shelf, isOwn: false });
      this.#weight += shelf.reports;
    }
  }

  /** Takes a record that has no place in memory. */
  extend({ journal, segment, start }: Place): void {
    // What an earlier process left may have come behind it in the meantime.
    const last = this.#shelves.findLast((shelf) => shelf.segment === segment);
    if (last !== undefined) last.reports++;
    else this.#shelves.push({ journal, segment, from: start, reports: 1, isOwn: true });
    this.#weight++;
  }

  /** Counts one more report in a record that is on disk alone; tells whether it is. */
  grow({ segment, start }: Place): boolean {
    const shelf = this.#shelves.find((waiting) => waiting.segment === segment && start >= waiting.from);
    if (shelf === undefined) return false;
    shelf.reports++;
    this.#weight++;
    return true;
  }

  /** Gives up a segment that is gone; tells how many reports nobody had read. */
  drop(segment: Segment): number {
    const lost = this.#shelves.filter((shelf) => shelf.segment === segment);
    this.#shelves = this.#shelves.filter((shelf) => shelf.segment !== segment);
    return this.#subtract(lost.reduce((sum, { reports }) => sum + reports, 0));
  }

  /** Reads the oldest entries, of one author; none when there are none, or when the disk cannot be read now. */
  async take(maxEntries: number, maxBytes: number): Promise<WaitingEntry[]> {
    const entries: WaitingEntry[] = [];
    while (entries.length === 0 && (await this.#openShelf())) this.#unload(entries, maxEntries, maxBytes);
    return entries;
  }

  async #openShelf(): Promise<boolean> {
    const [shelf] = this.#shelves;
    if (this.#open !== undefined) return true;
    if (shelf === undefined || this.#spool === undefined || this.isResting) return false;
    try {
      const { bytes, contents } = await this.#spool.read(shelf);
      this.#failures.over();
      if (this.#isEnded) return false;
      // The disk budget may have been spent in the meantime.
      if (this.#shelves[0] !== shelf) return this.#openShelf();
      this.#shelves.shift();
      this.#open = { shelf, bytes, author: contents.author, records: contents.records, next: 0 };
      this.#correct(shelf.reports, contents.reports);
      return true;
    } catch (error) {
      if (this.#isEnded) return false;
      if (this.#shelves[0] !== shelf) return this.#openShelf();
      const reason = this.#failures.judge(error as NodeJS.ErrnoException);
      if (reason === undefined) return false;
      this.#ledger.lose('dropped', this.drop(shelf.segment), reason);
      return this.#openShelf();
    }
  }

  /** The name of a file and what stands in it agree, unless somebody else wrote there. */
  #correct(expected: number, found: number): void {
    if (found < expected) this.#ledger.lose('dropped', this.#subtract(expected - found), 'spool_damaged');
    else this.#ledger.offer(found - expected);
    if (found > expected) this.#weight += found - expected;
  }

  #unload(entries: WaitingEntry[], maxEntries: number, maxBytes: number): void {
    const open = this.#open;
    if (open === undefined) return;
    let bytes = 0;
    for (; open.next < open.records.length; open.next++) {
      const stored = open.records[open.next] as StoredRecord;
      bytes += stored.end - stored.start;
      if (entries.length > 0 && (entries.length >= maxEntries || bytes > maxBytes)) return;
      this.#subtract(stored.count);
      const entry = entryOf(stored, open);
      if (entry !== undefined) entries.push(entry);
      else this.#skip(stored, entries);
    }
    this.#open = undefined;
  }

  /** What cannot be read is given up, and settled with the record before it. */
  #skip(stored: StoredRecord, entries: WaitingEntry[]): void {
    this.#ledger.lose('dropped', stored.count, 'spool_damaged');
    const last = entries.pop();
    if (last?.place !== undefined) entries.push({ ...last, place: { ...last.place, end: stored.end } });
  }

  #subtract(reports: number): number {
    this.#weight -= reports;
    return reports;
  }
}

function entryOf(stored: StoredRecord, { shelf, bytes, author }: OpenShelf): WaitingEntry | undefined {
  const record = readRecord(bytes, stored);
  if (record === undefined) return undefined;
  const { journal, segment, isOwn } = shelf;
  return {
    record,
    bytes: record.bytes,
    count: stored.count,
    firstSeenMs: Math.min(stored.firstSeenMs ?? record.timeMs, record.timeMs),
    lastSeenMs: Math.max(stored.lastSeenMs ?? record.timeMs, record.timeMs),
    replayed: true,
    fingerprint: '',
    place: { journal, segment, start: stored.start, end: stored.end },
    ...(!isOwn && author !== undefined && { author }),
  };
}
