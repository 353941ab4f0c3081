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
  /** Whether the cursors have moved since they were saved. */
  #isChanged = false;
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
  }

  save(): void {
    this.#disk.replaceFile(join(this.#path, cursorsName), this.#cursorsText());
  }

  /** Does the same off the main thread; a crash before it is done lets a batch be sent twice, with the same uids. */
  saveSoon(onFailed: (error: unknown) => void): void {
    this.#isChanged = true;
    this.#saving ??= this.#saveChanges().catch(onFailed);
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

  /** Removes the whole journal, after what is being saved in it. @throws When the disk does, and nothing is being saved. */
  destroy(): void {
    const paths = this.#segments.map((segment) => this.pathOf(segment));
    this.#segments = [];
    this.#isChanged = false;
    const remove = (): void => {
      // Without its cursors a segment would be sent from its beginning by whoever finds it after a crash.
      for (const path of [...paths, this.#path]) this.#disk.remove(path);
    };
    if (this.#saving === undefined) remove();
    // What is left of it is found by whoever comes next.
    else this.#saving.then(remove).catch(() => undefined);
  }

  /** Gives it another name, which is another owner. */
  move(path: string): void {
    this.#isChanged = false;
    this.#disk.rename(this.#path, path);
    this.#path = path;
  }

  async #saveChanges(): Promise<void> {
    try {
      while (this.#isChanged) {
        this.#isChanged = false;
        await this.#disk.saveFile(join(this.#path, cursorsName), this.#cursorsText());
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
