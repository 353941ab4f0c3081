/** Simulated disk: files in memory that outlive simulated processes, and calls that fail when the test says so. */
import { dirname } from 'node:path';
import type { AppendFile, Disk, FileFacts } from '../src/export/spool/disk.js';
import type { FakeClock } from './simulation.js';

interface SimulatedFile {
  bytes: Buffer;
  changedMs: number;
}

/** What is on the disk: it outlives every process. */
export class Storage {
  readonly files = new Map<string, SimulatedFile>();
  readonly directories = new Map<string, { changedMs: number }>();

  /** Bytes of all files. */
  get bytes(): number {
    return [...this.files.values()].reduce((sum, file) => sum + file.bytes.length, 0);
  }
}

/** What the test wants to go wrong. */
export interface Faults {
  /** Error code of every call that writes. */
  writes?: string | undefined;
  /** Error code of every call that reads. */
  reads?: string | undefined;
  /** Milliseconds that each write takes. */
  writeMs?: number;
}

/** The disk as one process sees it. */
export class SimulatedDisk implements Disk {
  readonly faults: Faults = {};
  readonly #clock: FakeClock;
  readonly #storage: Storage;
  /** Calls so far. */
  calls = 0;
  #fault: { call: number; code: string } | undefined;
  #crash: { writesLeft: number; readonly isTorn: boolean } | undefined;

  constructor(clock: FakeClock, storage: Storage) {
    this.#clock = clock;
    this.#storage = storage;
  }

  /** Ends the process after so many more writes, the last one torn or not begun: no call gets through any more. */
  crashAfter(writes: number, isTorn: boolean): void {
    this.#crash = { writesLeft: writes, isTorn };
  }

  /** Makes one call fail, counted from the first, whatever it is. */
  failCall(call: number, code: string): void {
    this.#fault = { call, code };
  }

  /** Whether the process is gone. */
  get isGone(): boolean {
    return this.#crash !== undefined && this.#crash.writesLeft < 0;
  }

  makeDirectory(path: string): void {
    this.#write();
    for (let each = path; each !== dirname(each); each = dirname(each)) {
      if (!this.#storage.directories.has(each)) this.#storage.directories.set(each, { changedMs: this.#clock.now() });
    }
  }

  createFile(path: string): AppendFile {
    this.#write();
    this.#requireDirectory(dirname(path));
    if (this.#storage.files.has(path)) throw failure('EEXIST', path);
    const file = { bytes: Buffer.alloc(0), changedMs: this.#clock.now() };
    this.#storage.files.set(path, file);
    return {
      append: (bytes) => {
        const room = this.#roomFor(bytes);
        // A file that was removed is still there for whoever has it open.
        file.bytes = Buffer.concat([file.bytes, bytes.subarray(0, room)]);
        if (room < bytes.length) throw failure('ENOSPC', 'written');
      },
      close: () => undefined,
    };
  }

  replaceFile(path: string, text: string): void {
    this.#write();
    this.#requireDirectory(dirname(path));
    this.#storage.files.set(path, { bytes: Buffer.from(text), changedMs: this.#clock.now() });
  }

  async writeFile(path: string, text: string): Promise<void> {
    await Promise.resolve();
    this.replaceFile(path, text);
  }

  rename(from: string, to: string): void {
    this.#write();
    if (!this.#storage.files.has(from) && !this.#storage.directories.has(from)) throw failure('ENOENT', from);
    for (const map of [this.#storage.files, this.#storage.directories] as Map<string, SimulatedFile>[]) {
      // Read before it is changed: an entry may get the name that it has.
      for (const [path, entry] of [...map].filter(([each]) => each === from || each.startsWith(`${from}/`))) {
        map.delete(path);
        map.set(to + path.slice(from.length), entry);
      }
    }
  }

  touch(path: string): void {
    this.#write();
    this.#requireDirectory(path).changedMs = this.#clock.now();
  }

  /** Removes what is in a directory one by one, the oldest first. */
  remove(path: string): void {
    for (const map of [this.#storage.files, this.#storage.directories]) {
      for (const each of map.keys()) {
        if (each !== path && !each.startsWith(`${path}/`)) continue;
        this.#write();
        map.delete(each);
      }
    }
  }

  async list(path: string): Promise<string[]> {
    await this.#read();
    this.#requireDirectory(path);
    const paths = [...this.#storage.files.keys(), ...this.#storage.directories.keys()];
    return paths.filter((each) => dirname(each) === path).map((each) => each.slice(path.length + 1));
  }

  async describe(path: string): Promise<FileFacts> {
    await this.#read();
    const file = this.#storage.files.get(path);
    if (file) return { kind: 'file', bytes: file.bytes.length, changedMs: file.changedMs, isOurs: true };
    return { kind: 'directory', bytes: 0, changedMs: this.#requireDirectory(path).changedMs, isOurs: true };
  }

  async readFile(path: string): Promise<Buffer> {
    await this.#read();
    const file = this.#storage.files.get(path);
    if (file === undefined) throw failure('ENOENT', path);
    return Buffer.from(file.bytes);
  }

  #write(): void {
    this.#count();
    if (this.#crash !== undefined && --this.#crash.writesLeft < 0) throw failure('EIO', 'reached');
    if (this.faults.writeMs !== undefined) this.#clock.skip(this.faults.writeMs);
    if (this.faults.writes !== undefined) throw failure(this.faults.writes, 'written');
  }

  /** How many bytes get through before the disk is full, or the process is gone. */
  #roomFor(bytes: Uint8Array): number {
    try {
      this.#write();
      return bytes.length;
    } catch (error) {
      if (this.#crash?.writesLeft === -1 && this.#crash.isTorn) return Math.floor(bytes.length / 2);
      if ((error as NodeJS.ErrnoException).code === 'ENOSPC') return Math.floor(bytes.length / 3);
      throw error;
    }
  }

  async #read(): Promise<void> {
    await Promise.resolve();
    this.#count();
    if (this.isGone) throw failure('EIO', 'reached');
    if (this.faults.reads !== undefined) throw failure(this.faults.reads, 'read');
  }

  #count(): void {
    if (this.#fault?.call === this.calls++) throw failure(this.#fault.code, 'reached');
  }

  #requireDirectory(path: string): { changedMs: number } {
    const directory = this.#storage.directories.get(path);
    if (directory === undefined) throw failure('ENOENT', path);
    return directory;
  }
}

function failure(code: string, what: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${code}: cannot be ${what}`), { code });
}
