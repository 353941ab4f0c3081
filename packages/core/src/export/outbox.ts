/** Outbox: what one destination has still to get, in memory and behind that on disk, in the order it happened. */
import type { Clock } from '../internal/clock.js';
import { Backlog } from './backlog.js';
import type { Ledger } from './ledger.js';
import { Queue } from './queue.js';
import type { ErrorRecord } from './record.js';
import type { Segment } from './spool/segment.js';
import type { Shelf } from './spool/shelf.js';
import type { Spool } from './spool/spool.js';
import type { WaitingEntry, WaitingErrors } from './waiting.js';

export interface OutboxOptions {
  /** Name under which the spool keeps how far the destination has come. */
  readonly key: string;
  readonly spool: Spool | undefined;
  readonly errors: WaitingErrors;
  readonly ledger: Ledger;
  readonly clock: Clock;
  /** Bound on the memory of what waits. */
  readonly maxBytes: number;
}

export class Outbox {
  readonly #options: OutboxOptions;
  readonly #queue: Queue;
  readonly #backlog: Backlog;
  /** What happens now goes first. */
  #wasBacklogsTurn = true;
  /** Reports that were in memory at the end, and are on disk for whoever comes next. */
  #left = 0;
  #stopReading: () => void = () => undefined;

  constructor(options: OutboxOptions) {
    this.#options = options;
    this.#queue = new Queue(options.maxBytes, options.errors);
    this.#backlog = new Backlog(options.spool, options.ledger, options.clock);
  }

  /** Reports in memory, those in flight included. */
  get queued(): number {
    return this.#queue.weight;
  }

  /** Reports on disk alone. */
  get spooled(): number {
    return this.#backlog.weight + this.#left;
  }

  /** Whether there is nothing to take. */
  get isEmpty(): boolean {
    return this.#queue.isEmpty && this.#backlog.isEmpty;
  }

  /** Adds an entry; returns what had to leave memory for it, and is nowhere else. */
  accept(entry: WaitingEntry): readonly WaitingEntry[] {
    const { place } = entry;
    if (place !== undefined && (this.#backlog.isOwn || !this.#queue.hasRoomFor(entry))) {
      this.#backlog.extend(place);
      return [];
    }
    return this.#queue.push(entry);
  }

  /** Counts one more report in an entry that was accepted. */
  grow({ place }: WaitingEntry): void {
    if (place === undefined || !this.#backlog.grow(place)) this.#queue.grow();
  }

  /** Takes on what an earlier process left. */
  recover(shelves: readonly Shelf[]): void {
    this.#backlog.add(shelves);
  }

  /** Gives up a segment that is gone; tells how many reports are lost with it. */
  drop(segment: Segment): number {
    return this.#backlog.drop(segment);
  }

  /** Takes the next batch, one entry at least if there is any and the disk can be read. */
  async take(maxEntries: number, maxBytes: number): Promise<readonly WaitingEntry[]> {
    this.#wasBacklogsTurn = this.#isBacklogsTurn();
    if (!this.#wasBacklogsTurn) return this.#queue.take(maxEntries, maxBytes);
    const entries = await this.#read(maxEntries, maxBytes);
    for (const entry of entries) this.#queue.hold(entry);
    if (entries.length > 0 || this.#backlog.isOwnNext) return entries;
    return this.#queue.take(maxEntries, maxBytes);
  }

  /** Takes nothing more from disk, and waits no longer for what is being read there: a disk may hang. */
  interrupt(): void {
    this.#backlog.end();
    this.#stopReading();
  }

  #read(maxEntries: number, maxBytes: number): Promise<readonly WaitingEntry[]> {
    return new Promise((resolve, reject) => {
      this.#stopReading = () => resolve([]);
      this.#backlog.take(maxEntries, maxBytes).then(resolve, reject);
    });
  }

  putBack(entries: readonly WaitingEntry[]): void {
    this.#queue.putBack(entries);
  }

  replace(entry: WaitingEntry, record: ErrorRecord): WaitingEntry {
    return this.#queue.replace(entry, record);
  }

  /** Forgets entries that were taken, in their order: they were delivered or given up. */
  settle(entries: readonly WaitingEntry[]): void {
    this.#queue.release(entries);
    const places = entries.map(({ place }) => place).filter((place) => place !== undefined);
    if (places.length > 0) this.#options.spool?.settle(this.#options.key, places);
  }

  /** Ends; what is on disk stays there. Tells how many reports are lost. */
  close(): number {
    const rest = this.#queue.take(Infinity, Infinity);
    let lost = 0;
    for (const entry of rest) {
      if (entry.place === undefined) lost += entry.count;
      else this.#left += entry.count;
    }
    this.#queue.release(rest);
    return lost;
  }

  /**
   * What earlier processes left takes turns with what happens now; our own comes behind what waits in memory. What was
   * put back comes before all that follows it on disk, for what is settled there settles everything before it.
   */
  #isBacklogsTurn(): boolean {
    if (this.#backlog.isEmpty) return false;
    if (this.#queue.isEmpty) return true;
    if (this.#queue.isReplayedNext || this.#backlog.isResting) return false;
    return !this.#backlog.isOwnNext && !this.#wasBacklogsTurn;
  }
}
