/** Patrol: shows every few seconds that this process lives, and takes over the journals of those that do not. */
import type { Clock, Timer } from '../../internal/clock.js';
import type { Breaker } from './breaker.js';
import type { Disk } from './disk.js';
import type { Journal } from './journal.js';
import type { Journals } from './journals.js';
import { adoptOrphans } from './orphans.js';
import type { Neighbourhood } from './owner.js';
import type { SegmentContents } from './segment.js';
import type { Shelf } from './shelf.js';

const intervalMs = 5_000;

/** Longer between two rounds, by the wall clock, and nobody's silence means anything. */
const maxRoundGapMs = 15_000;

/** Files that are removed in one go, within a millisecond. */
const maxRemoved = 4;

export interface PatrolOptions {
  readonly disk: Disk;
  readonly clock: Clock;
  readonly directory: string;
  readonly we: Neighbourhood;
  /** Names of the destinations. */
  readonly keys: readonly string[];
  readonly journals: Journals;
  readonly breaker: Breaker;
  readonly read: (shelf: Shelf) => Promise<SegmentContents>;
  /** Called with what an earlier process left for a destination. */
  readonly onRecovered: (key: string, shelves: readonly Shelf[]) => void;
  /** Called when a journal has disappeared: removed, or taken for an orphan while this process stood still. */
  readonly onGone: (journal: Journal) => void;
}

export class Patrol {
  readonly #options: PatrolOptions;
  /** Journals for destinations that are not configured here. */
  readonly #foreign = new Set<string>();
  #timer: Timer;
  #isOver = false;
  /** By the wall clock, as the silence of others is measured. */
  #lastRoundMs: number;
  /** Those who wait for the end of the first round; nobody any more once it is over. */
  #waiting: (() => void)[] | undefined = [];

  constructor(options: PatrolOptions) {
    this.#options = options;
    this.#lastRoundMs = options.clock.now();
    this.#timer = options.clock.after(0, () => void this.#round());
  }

  /** Resolves after the first round, which finds what earlier processes left, or when the time is over; `undefined` then. */
  begun(timeoutMs: number): Promise<void> | undefined {
    const waiting = this.#waiting;
    if (waiting === undefined) return undefined;
    return new Promise((resolve) => {
      const deadline = this.#options.clock.after(timeoutMs, resolve);
      waiting.push(() => {
        deadline.cancel();
        resolve();
      });
    });
  }

  end(): void {
    this.#isOver = true;
    this.#timer.cancel();
    this.#begin();
  }

  #begin(): void {
    for (const resolve of this.#waiting ?? []) resolve();
    this.#waiting = undefined;
  }

  async #round(): Promise<void> {
    const { journals, breaker, clock } = this.#options;
    const sinceLastMs = clock.now() - this.#lastRoundMs;
    this.#lastRoundMs = clock.now();
    for (const journal of journals) breaker.attempt(() => this.#showLife(journal));
    try {
      // After a suspended machine or a jump of the clock everybody seems silent: first let them show that they live.
      if (sinceLastMs < maxRoundGapMs) await this.#adopt();
    } catch {
      // Before the first error there is no directory.
    }
    this.#begin();
    if (!this.#isOver) this.#timer = clock.after(intervalMs, () => void this.#round());
  }

  #showLife(journal: Journal): void {
    const { disk, journals, onGone } = this.#options;
    try {
      disk.touch(journal.path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      onGone(journal);
      journals.forget(journal);
    }
  }

  async #adopt(): Promise<void> {
    const { disk, directory, we, clock, keys, journals, breaker } = this.#options;
    if ((await disk.describe(directory)).kind !== 'directory') return;
    const known = new Set([...this.#foreign, ...journals.ids]);
    for await (const journal of adoptOrphans({ disk, directory, we, nowMs: clock.now(), keys }, known)) {
      if (this.#isOver) return breaker.attempt(() => journals.release(journal));
      if (journal.isOfAnotherVersion) {
        this.#foreign.add(journal.id);
        breaker.attempt(() => journals.giveBack(journal));
        continue;
      }
      journals.add(journal);
      try {
        await this.#recover(journal);
      } catch {
        // Read again in the next round, by us or by somebody else.
        breaker.attempt(() => journals.release(journal));
        continue;
      }
      // From here on it is ours, whether or not it can be tidied up: given back, it would be counted once more.
      await this.#makeRoom();
      breaker.attempt(() => this.#settleIn(journal));
    }
  }

  /** Tells each destination what there is for it, once it is known for all. */
  async #recover(journal: Journal): Promise<void> {
    const found: [key: string, shelves: Shelf[]][] = [];
    for (const key of this.#options.keys) {
      if (journal.keys.includes(key)) found.push([key, await this.#shelvesOf(key, journal)]);
    }
    for (const [key, shelves] of found) if (shelves.length > 0) this.#options.onRecovered(key, shelves);
  }

  /** Finds out what a destination has not got yet, reading no file whose name tells. */
  async #shelvesOf(key: string, journal: Journal): Promise<Shelf[]> {
    const cursor = journal.cursorOf(key);
    const shelves: Shelf[] = [];
    for (const segment of journal.segments) {
      if (segment.number < cursor.segment) continue;
      const from = segment.number === cursor.segment ? cursor.offset : 0;
      const shelf = { journal, segment, from, reports: segment.reports ?? 0 };
      const reports = from === 0 && segment.reports !== undefined ? segment.reports : await this.#count(shelf);
      if (reports > 0) shelves.push({ ...shelf, reports });
      else if (shelves.length === 0) journal.advance(key, segment, segment.bytes);
    }
    return shelves;
  }

  async #count(shelf: Shelf): Promise<number> {
    return (await this.#options.read(shelf)).reports;
  }

  /** Keeps the budget, a few files at a time: what was taken over may be many times as much. */
  async #makeRoom(): Promise<void> {
    const { journals, breaker, clock } = this.#options;
    // A disk that removes nothing is not asked again and again.
    while (!this.#isOver && breaker.attempt(() => journals.makeRoom(0, maxRemoved)) === false) {
      await new Promise<void>((resolve) => clock.after(0, resolve));
    }
  }

  /** Gives back what holds nothing for our destinations but something for others. */
  #settleIn(journal: Journal): void {
    const { journals, keys } = this.#options;
    journals.tidy(journal, false);
    const isOurs = keys.some((key) => journal.keys.includes(key));
    if (isOurs || !journals.owns(journal)) return;
    this.#foreign.add(journal.id);
    journals.release(journal);
  }
}
