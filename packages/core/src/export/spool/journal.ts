/** Journal: the directory of one process, with its segments and with how far each destination has come in them. */
import { join } from 'node:path';
import type { Disk } from './disk.js';
import { readSegmentName, type Segment } from './segment.js';

/** How far a destination has come: everything before it is settled. */
export interface Cursor {
  readonly segment: number;
  readonly offset: number;
}

/** Where a record is on disk. */
export interface Place {
  readonly journal: Journal;
  readonly segment: Segment;
  readonly start: number;
  readonly end: number;
}

const cursorsName = 'cursors.json';
/** What is written off the main thread, before it gets the name above. */
const draftName = 'cursors.json.next';
const format = 1;

/** Where a destination begins that has got nothing yet. */
const beginning: Cursor = { segment: 0, offset: 0 };

export class Journal {
  readonly id: string;
  readonly #disk: Disk;
  #path: string;
  /** Oldest first. */
  #segments: Segment[] = [];
  readonly #cursors = new Map<string, Cursor>();
  /** How often the cursors have moved, and how often they had when they were saved: older ones never replace newer. */
  #moves = 0;
  #savedMoves = 0;
  #saving: Promise<void> | undefined;
  /** Whether a version of this package wrote it that writes otherwise. */
  isOfAnotherVersion = false;

  constructor(disk: Disk, id: string, path: string) {
    this.#disk = disk;
    this.id = id;
    this.#path = path;
  }

  /** Makes the directory of a new one, in which each of the destinations has everything before it. */
  static create(disk: Disk, id: string, path: string, keys: readonly string[]): Journal {
    disk.makeDirectory(path);
    const journal = new Journal(disk, id, path);
    for (const key of keys) journal.#cursors.set(key, beginning);
    journal.save();
    return journal;
  }

  /** Reads what an earlier process left; if its cursors are lost, the destinations begin at the beginning. */
  static async open(disk: Disk, id: string, path: string, keys: readonly string[]): Promise<Journal> {
    const journal = new Journal(disk, id, path);
    const names = await disk.list(path);
    if (names.includes(cursorsName)) {
      const written = readCursors(await disk.readFile(join(path, cursorsName)), journal.#cursors);
      journal.isOfAnotherVersion = written !== format;
    }
    if (journal.#cursors.size === 0) for (const key of keys) journal.#cursors.set(key, beginning);
    for (const name of names.toSorted()) {
      const known = readSegmentName(name);
      if (known === undefined) continue;
      const { bytes, kind } = await disk.describe(join(path, name));
      if (kind === 'file') journal.#segments.push({ ...known, name, bytes, recordsEnd: bytes });
    }
    return journal;
  }

  get path(): string {
    return this.#path;
  }

  get segments(): readonly Segment[] {
    return this.#segments;
  }

  get bytes(): number {
    return this.#segments.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** Destinations that records were written for. */
  get keys(): string[] {
    return [...this.#cursors.keys()];
  }

  pathOf(segment: Segment): string {
    return join(this.#path, segment.name);
  }

  cursorOf(key: string): Cursor {
    return this.#cursors.get(key) ?? beginning;
  }

  add(segment: Segment): void {
    this.#segments.push(segment);
  }

  rename(segment: Segment, name: string): void {
    this.#disk.rename(this.pathOf(segment), join(this.#path, name));
    segment.name = name;
  }

  /** Notes that a destination has settled everything up to this offset; {@link save} makes it last. */
  advance(key: string, segment: Segment, offset: number): void {
    this.#cursors.set(key, { segment: segment.number, offset });
    this.#moves++;
  }

  save(): void {
    this.#disk.replaceFile(join(this.#path, cursorsName), this.#cursorsText());
    this.#savedMoves = this.#moves;
  }

  /** Does the same off the main thread; a crash before it is done lets a batch be sent twice, with the same uids. */
  saveSoon(onFailed: (error: unknown) => void): void {
    if (this.#isSaved) return;
    this.#saving ??= this.#saveChanges().catch((error: unknown) => {
      // What was saved in another way since is nobody's trouble.
      if (!this.#isSaved) onFailed(error);
    });
  }

  /** Resolves when nothing is being saved. Never rejects. */
  get saved(): Promise<void> {
    return this.#saving ?? Promise.resolve();
  }

  /** Whether there is nothing left in a segment for any destination. */
  isSettled(segment: Segment): boolean {
    if (segment.reports === 0) return true;
    return [...this.#cursors.values()].every(({ segment: number, offset }) =>
      number === segment.number ? offset >= segment.recordsEnd : number > segment.number,
    );
  }

  remove(segment: Segment): void {
    this.#disk.remove(this.pathOf(segment));
    this.#segments = this.#segments.filter((other) => other !== segment);
  }

  /** Removes all of it; its directory, with what is being saved there, after that. @throws When the disk does. */
  destroy(): void {
    this.#savedMoves = this.#moves;
    // Without its cursors a segment would be sent from its beginning by whoever finds it after a crash.
    for (const segment of this.#segments) this.remove(segment);
    const remove = (): void => this.#disk.remove(this.#path);
    if (this.#saving === undefined) remove();
    // An empty one is removed by whoever comes next.
    else this.#saving.then(remove).catch(() => undefined);
  }

  /** Gives it another name, which is another owner. */
  move(path: string): void {
    this.#savedMoves = this.#moves;
    this.#disk.rename(this.#path, path);
    this.#path = path;
  }

  get #isSaved(): boolean {
    return this.#savedMoves === this.#moves;
  }

  async #saveChanges(): Promise<void> {
    try {
      while (!this.#isSaved) {
        const moves = this.#moves;
        const draft = join(this.#path, draftName);
        await this.#disk.writeFile(draft, this.#cursorsText());
        if (moves <= this.#savedMoves) return;
        // On the main thread, so that nothing can come between the comparison and the rename.
        this.#disk.rename(draft, join(this.#path, cursorsName));
        this.#savedMoves = moves;
      }
    } finally {
      this.#saving = undefined;
    }
  }

  #cursorsText(): string {
    return JSON.stringify({ format, cursors: Object.fromEntries(this.#cursors) });
  }
}

/** Tells the format. Cursors that cannot be read are at the beginning: what is sent twice carries the same uid. */
function readCursors(bytes: Buffer, cursors: Map<string, Cursor>): number {
  try {
    const { format: written, cursors: stored } = JSON.parse(bytes.toString()) as Record<string, unknown>;
    if (typeof written === 'number' && written !== format) return written;
    for (const [key, cursor] of Object.entries(stored as Record<string, Partial<Cursor>>)) {
      const { segment, offset } = cursor;
      const isReadable = typeof segment === 'number' && typeof offset === 'number';
      cursors.set(key, isReadable ? { segment, offset } : beginning);
    }
  } catch {
    // The file is a few hundred bytes put in place by a rename; only a failing disk leaves it broken.
  }
  return format;
}
