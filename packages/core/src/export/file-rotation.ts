/** File rotation: a file that is full becomes `….1`, that one `….2`, and the oldest goes. */
import { lstat, open, rename, unlink } from 'node:fs/promises';
import { systemClock } from '../internal/clock.js';

export interface Rotation {
  readonly path: string;
  /** Size beyond which the file is not appended to any more. */
  readonly maxBytes: number;
  /** Files in all, the one that is written included. */
  readonly maxFiles: number;
}

/** Age of a lock from which the process that made it must have ended in the middle of it. */
const staleLockMs = 60_000;

/** Whether so many bytes more are too many for the file; any number goes into one that is empty. */
export async function isFull({ path, maxBytes }: Rotation, bytes: number): Promise<boolean> {
  const size = await sizeOf(path);
  return size > 0 && size + bytes > maxBytes;
}

/** Begins a new file, unless another process is about to: what it is slow with goes into the full one. */
export async function rotate(rotation: Rotation, bytes: number): Promise<void> {
  const lock = `${rotation.path}.lock`;
  if (!(await take(lock))) return;
  try {
    // Another process may have rotated between our look and our lock.
    if (await isFull(rotation, bytes)) await shift(rotation);
  } finally {
    await unlink(lock).catch(ignoreMissing);
  }
}

async function shift({ path, maxFiles }: Rotation): Promise<void> {
  if (maxFiles === 1) await unlink(path);
  for (let number = maxFiles - 1; number > 0; number--) {
    const younger = number === 1 ? path : `${path}.${number - 1}`;
    await rename(younger, `${path}.${number}`).catch(ignoreMissing);
  }
}

/** Makes the lock; a forgotten one is removed, for the next batch to try again. */
async function take(lock: string): Promise<boolean> {
  try {
    await (await open(lock, 'wx', 0o600)).close();
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  const { mtimeMs } = await lstat(lock).catch(() => ({ mtimeMs: Infinity }));
  if (systemClock.now() - mtimeMs > staleLockMs) await unlink(lock).catch(ignoreMissing);
  return false;
}

/** What is no file has no size: a directory in its place must stay where it is. */
async function sizeOf(path: string): Promise<number> {
  try {
    const stat = await lstat(path);
    return stat.isFile() ? stat.size : 0;
  } catch (error) {
    if (!isMissing(error)) throw error;
    return 0;
  }
}

/** Whether the system says that there is no such file. */
export function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT';
}

function ignoreMissing(error: unknown): void {
  if (!isMissing(error)) throw error;
}
