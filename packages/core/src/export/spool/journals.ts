/** Journals: those that this process owns, its own and those it took over, within their budget. */
import { join } from 'node:path';
import type { Disk } from './disk.js';
import { Journal } from './journal.js';
import { journalName, type Neighbourhood } from './owner.js';
import type { Segment } from './segment.js';

export interface JournalsOptions {
  readonly disk: Disk;
  readonly directory: string;
  readonly we: Neighbourhood;
  readonly maxBytes: number;
  /** The segment that still grows, which is never removed. */
  readonly growing: () => Segment | undefined;
  /** Called with a segment that is gone although a destination may need it. */
  readonly onLost: (segment: Segment, reason: string) => void;
  /** Called when cursors could not be saved. */
  readonly onUnsaved: (error: unknown) => void;
}

export class Journals implements Iterable<Journal> {
  readonly #options: JournalsOptions;
  readonly #owned = new Map<string, Journal>();

  constructor(options: JournalsOptions) {
    this.#options = options;
  }

  [Symbol.iterator](): Iterator<Journal> {
    return this.#owned.values();
  }

  get bytes(): number {
    let sum = 0;
    for (const journal of this) sum += journal.bytes;
    return sum;
  }

  /** Resolves when nothing is being saved. Never rejects. */
  async saved(): Promise<void> {
    await Promise.all([...this].map((journal) => journal.saved));
  }

  get ids(): string[] {
    return [...this.#owned.keys()];
  }

  /** Makes one for what is written from now on. @throws When the disk does. */
  create(id: string, keys: readonly string[]): Journal {
    const { disk, directory, we } = this.#options;
    disk.makeDirectory(directory);
    const journal = Journal.create(disk, id, join(directory, journalName(id, we)), keys);
    this.add(journal);
    return journal;
  }

  add(journal: Journal): void {
    this.#owned.set(journal.id, journal);
  }

  owns(journal: Journal): boolean {
    return this.#owned.get(journal.id) === journal;
  }

  /**
   * Gives up the oldest segments until there is room for so many bytes more; tells whether there is.
   *
   * @param maxRemoved Most segments that are removed at once.
   * @throws When the disk does.
   */
  makeRoom(neededBytes: number, maxRemoved: number = Infinity): boolean {
    const { maxBytes, growing, onLost } = this.#options;
    let bytes = this.bytes + neededBytes;
    let removed = 0;
    // Ids begin with the time: journals that were taken over come before our own.
    for (const journal of [...this].toSorted((one, other) => (one.id < other.id ? -1 : 1))) {
      for (const segment of journal.segments) {
        if (bytes <= maxBytes) return true;
        if (segment === growing()) continue;
        if (++removed > maxRemoved) return false;
        bytes -= segment.bytes;
        journal.remove(segment);
        onLost(segment, 'spool_full');
      }
    }
    return true;
  }

  /** Makes cursors last, and removes what no destination needs. @throws When the disk does. */
  tidy(journal: Journal, isWritten: boolean): void {
    const growing = this.#options.growing();
    for (const segment of journal.segments) {
      // Destinations go from one to the next, and there may be thousands behind.
      if (segment === growing || !journal.isSettled(segment)) break;
      journal.remove(segment);
    }
    if (journal.segments.length > 0 || isWritten) return journal.saveSoon(this.#options.onUnsaved);
    this.#owned.delete(journal.id);
    journal.destroy();
  }

  /** Removes one in which nothing could be written: a disk may be full for days, and tried every 30 s. @throws When the disk does. */
  discardEmpty(journal: Journal): void {
    if (journal.segments.every(({ reports }) => reports === 0)) this.tidy(journal, false);
  }

  /** Lets go of one that is not ours any more, whoever has it now. */
  forget(journal: Journal): void {
    this.#owned.delete(journal.id);
    for (const segment of journal.segments) this.#options.onLost(segment, 'spool_lost');
  }

  /** Leaves one to whoever comes next, or removes it when nothing in it is needed. @throws When the disk does. */
  release(journal: Journal): void {
    this.#owned.delete(journal.id);
    if (!journal.isOfAnotherVersion && journal.segments.every((segment) => journal.isSettled(segment)))
      journal.destroy();
    else {
      if (!journal.isOfAnotherVersion) journal.save();
      this.giveBack(journal);
    }
  }

  /** Leaves one to whoever comes next. @throws When the disk does. */
  giveBack(journal: Journal): void {
    journal.move(join(this.#options.directory, journalName(journal.id)));
  }
}
