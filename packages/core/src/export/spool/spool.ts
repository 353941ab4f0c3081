/** Spool: every error on disk before it counts as accepted, so that the end of the process is not the end of it. */
import type { Clock } from '../../internal/clock.js';
import type { LastError, Troubles } from '../problem.js';
import { Breaker } from './breaker.js';
import type { Disk } from './disk.js';
import type { Journal, Place } from './journal.js';
import { Journals } from './journals.js';
import type { Neighbourhood } from './owner.js';
import { Patrol } from './patrol.js';
import { foldPayload, readSegment, type Author, type Segment, type SegmentContents } from './segment.js';
import type { Shelf } from './shelf.js';
import { Writer } from './writer.js';

/** Who is told of what happens on the disk. */
export interface SpoolListener {
  /** Reports of an earlier process were found for a destination. */
  recovered(key: string, shelves: readonly Shelf[]): void;
  /** A segment is gone, and with it what nobody had read. */
  lost(segment: Segment, reason: string): void;
  /** What was written so far grows no more. */
  sealed(): void;
}

export interface SpoolOptions {
  readonly directory: string;
  readonly maxBytes: number;
  /** Names of the destinations, each one once. */
  readonly keys: readonly string[];
  readonly author: Author;
  readonly createUid: (timeMs: number) => string;
  readonly clock: Clock;
  readonly disk: Disk;
  readonly we: Neighbourhood;
  readonly troubles: Troubles;
  readonly listener: SpoolListener;
}

/** The spool in `status()`. */
export interface SpoolStatus {
  directory: string;
  /** `degraded` while the disk fails or is slow, and errors wait in memory alone. */
  state: 'active' | 'degraded' | 'closed';
  /** Size of all that is kept, and its bound. */
  bytes: number;
  maxBytes: number;
  /** Reports of earlier processes that were taken over, one for each destination. */
  recovered: number;
  /** Places in the files where something else stood than was written: torn by a crash, or altered. */
  damaged: number;
  lastError: LastError | null;
}

/** Most bytes of a segment: so much is read at once, which takes half a millisecond, and given up at once when the budget is spent. */
const maxSegmentBytes = 262_144;

/** Longest wait at the end for what is being saved. */
const maxSaveMs = 200;

export class Spool {
  readonly #options: SpoolOptions;
  readonly #journals: Journals;
  readonly #breaker: Breaker;
  readonly #patrol: Patrol;
  /** Segments whose damage is counted. */
  readonly #inspected = new WeakSet<Segment>();
  #writer: Writer | undefined;
  #recovered = 0;
  #damaged = 0;
  #isClosed = false;

  constructor(options: SpoolOptions) {
    this.#options = options;
    this.#breaker = new Breaker({ ...options, onBroken: () => this.#endWriter() });
    this.#journals = new Journals({
      ...options,
      growing: () => this.#writer?.segment,
      onLost: (segment, reason) => options.listener.lost(segment, reason),
      onUnsaved: (error) => this.#breaker.note(error, 'cannot save how far destinations have come in'),
    });
    this.#patrol = new Patrol({
      ...options,
      journals: this.#journals,
      breaker: this.#breaker,
      read: async (shelf) => (await this.read(shelf)).contents,
      onRecovered: (key, shelves) => this.#recover(key, shelves),
      onGone: (journal) => this.#leave(journal),
    });
  }

  /** Resolves when it is known what earlier processes left, or when the time is over; `undefined` when it is known. */
  begun(timeoutMs: number): Promise<void> | undefined {
    return this.#patrol.begun(timeoutMs);
  }

  status(): SpoolStatus {
    const { directory, maxBytes, troubles } = this.#options;
    return {
      directory,
      state: this.#isClosed ? 'closed' : this.#breaker.isBroken ? 'degraded' : 'active',
      bytes: this.#journals.bytes,
      maxBytes,
      recovered: this.#recovered,
      damaged: this.#damaged,
      lastError: troubles.last ?? null,
    };
  }

  /** Writes a record, as JSON; `undefined` when it is not on disk. Never throws. */
  append(json: () => string): Place | undefined {
    if (this.#isClosed) return undefined;
    return this.#breaker.write(() => (this.#writer ??= this.#createWriter()).appendRecord(json()));
  }

  /** Writes that a record happened once more, as long as its segment grows. Never throws. */
  fold({ segment, start }: Place, timeMs: number): void {
    const writer = this.#writer;
    if (segment === writer?.segment) this.#breaker.write(() => writer.appendFold(foldPayload(start, timeMs)));
  }

  /** Reads what a destination has not got yet. Rejects when the disk fails. */
  async read({ journal, segment, from }: Shelf): Promise<{ bytes: Buffer; contents: SegmentContents }> {
    try {
      if (segment === this.#writer?.segment) this.#writer.seal();
      const bytes = await this.#options.disk.readFile(journal.pathOf(segment));
      const contents = readSegment(bytes, from);
      segment.recordsEnd = contents.records.at(-1)?.end ?? from;
      if (!this.#inspected.has(segment)) this.#damaged += contents.damaged;
      this.#inspected.add(segment);
      return { bytes, contents };
    } catch (error) {
      // What was given up for the budget meanwhile is no trouble of the disk.
      if (journal.segments.includes(segment)) this.#breaker.note(error, 'cannot read in');
      throw error;
    }
  }

  /** Notes what a destination has settled, in its order, and removes what no destination needs any more. */
  settle(key: string, places: readonly Place[]): void {
    const journals = new Set<Journal>();
    for (const { journal, segment, end } of places) {
      journal.advance(key, segment, end);
      journals.add(journal);
    }
    for (const journal of journals) {
      if (!this.#journals.owns(journal)) continue;
      this.#breaker.attempt(() => this.#journals.tidy(journal, journal === this.#writer?.journal));
    }
  }

  /** Ends everything; what is not settled is left for whoever comes next. Never rejects, and waits for no hung disk. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#patrol.end();
    this.#endWriter();
    await this.#saved();
    for (const journal of this.#journals) this.#breaker.attempt(() => this.#journals.release(journal));
  }

  #saved(): Promise<void> {
    return new Promise((resolve) => {
      const deadline = this.#options.clock.after(maxSaveMs, resolve);
      void this.#journals.saved().then(() => {
        deadline.cancel();
        resolve();
      });
    });
  }

  #createWriter(): Writer {
    const { disk, createUid, clock, keys, author, maxBytes, listener } = this.#options;
    const segmentBytes = Math.min(maxSegmentBytes, Math.floor(maxBytes / 8));
    return new Writer({
      disk,
      journal: this.#journals.create(createUid(clock.now()), keys),
      author,
      segmentBytes,
      makeRoom: () => this.#journals.makeRoom(segmentBytes),
      onSealed: () => listener.sealed(),
    });
  }

  /** The next one begins a journal of its own: whatever is wrong with this one stays behind. */
  #endWriter(): void {
    const writer = this.#writer;
    this.#writer = undefined;
    this.#breaker.attempt(() => {
      writer?.seal();
      if (writer !== undefined && this.#journals.owns(writer.journal)) this.#journals.discardEmpty(writer.journal);
    });
  }

  #leave(journal: Journal): void {
    if (journal === this.#writer?.journal) this.#endWriter();
  }

  #recover(key: string, shelves: readonly Shelf[]): void {
    this.#recovered += shelves.reduce((sum, { reports }) => sum + reports, 0);
    this.#options.listener.recovered(key, shelves);
  }
}
