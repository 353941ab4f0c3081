/** Disk: the few calls to the file system that the spool is made of; tests put another in its place. */
import {
  closeSync,
  constants,
  lstatSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { lstat, open, readdir } from 'node:fs/promises';

/** A file that only grows. */
export interface AppendFile {
  /** Writes all of it before it returns. @throws When only a part, or nothing, could be written. */
  append(bytes: Uint8Array): void;
  close(): void;
}

export interface FileFacts {
  readonly kind: 'file' | 'directory' | 'other';
  readonly bytes: number;
  /** When it was changed last, in milliseconds since the epoch. */
  readonly changedMs: number;
  /** Whether it belongs to the user this process runs as. */
  readonly isOurs: boolean;
}

/** Errors are written synchronously, for a process may end at any time; the rest is not. No call follows a symbolic link. */
export interface Disk {
  /** Makes a directory and those above it; one that is there already will do. */
  makeDirectory(path: string): void;
  /** Makes a file that was not there before. */
  createFile(path: string): AppendFile;
  /** Puts a text in the place of a file's, whole or not at all. */
  replaceFile(path: string, text: string): void;
  /** Writes a file anew, off the main thread; whoever reads it meanwhile may find a part of it. */
  writeFile(path: string, text: string): Promise<void>;
  rename(from: string, to: string): void;
  /** Sets the time of the last change to now. */
  touch(path: string): void;
  /** Removes a file, or a directory with all it holds. */
  remove(path: string): void;
  list(path: string): Promise<string[]>;
  describe(path: string): Promise<FileFacts>;
  readFile(path: string): Promise<Buffer>;
}

const directoryMode = 0o700;
const fileMode = 0o600;

/** Windows has no such links to follow, and no such flag. */
const noFollow = constants.O_NOFOLLOW ?? 0;
/** Opening a planted pipe must not wait for somebody to write into it. */
const noWait = constants.O_NONBLOCK ?? 0;

export const systemDisk: Disk = {
  makeDirectory(path) {
    mkdirSync(path, { recursive: true, mode: directoryMode });
    if (!lstatSync(path).isDirectory()) throw failure('ELOOP', `${path} is a symbolic link, which is not followed`);
  },
  createFile(path) {
    const { O_APPEND, O_CREAT, O_EXCL, O_WRONLY } = constants;
    return appendTo(openSync(path, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | noFollow, fileMode));
  },
  replaceFile(path, text) {
    const { O_CREAT, O_TRUNC, O_WRONLY } = constants;
    const file = openSync(`${path}.new`, O_WRONLY | O_CREAT | O_TRUNC | noFollow, fileMode);
    try {
      writeFileSync(file, text);
    } finally {
      closeSync(file);
    }
    renameSync(`${path}.new`, path);
  },
  async writeFile(path, text) {
    const { O_CREAT, O_TRUNC, O_WRONLY } = constants;
    const file = await open(path, O_WRONLY | O_CREAT | O_TRUNC | noFollow, fileMode);
    try {
      await file.writeFile(text);
    } finally {
      await file.close();
    }
  },
  rename: renameSync,
  touch(path) {
    const now = new Date();
    utimesSync(path, now, now);
  },
  remove: (path) => rmSync(path, { recursive: true, force: true }),
  list: (path) => readdir(path),
  async describe(path) {
    const facts = await lstat(path);
    return {
      kind: facts.isFile() ? 'file' : facts.isDirectory() ? 'directory' : 'other',
      bytes: facts.size,
      changedMs: facts.mtimeMs,
      isOurs: process.getuid === undefined || facts.uid === process.getuid(),
    };
  },
  async readFile(path) {
    const file = await open(path, constants.O_RDONLY | noFollow | noWait);
    try {
      if (!(await file.stat()).isFile()) throw failure('EINVAL', `${path} is not a file`);
      return await file.readFile();
    } finally {
      await file.close();
    }
  },
};

function appendTo(descriptor: number): AppendFile {
  return {
    append(bytes) {
      let written = 0;
      while (written < bytes.length) written += writeSync(descriptor, bytes, written);
    },
    close: () => closeSync(descriptor),
  };
}

function failure(code: string, message: string): NodeJS.ErrnoException {
  return Object.assign(new Error(message), { code });
}
