/** File transport: batches appended to a file, one after the other and off the event loop. */
import { constants } from 'node:fs';
import { mkdir, open, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { systemClock } from '../internal/clock.js';
import { isFull, isMissing, rotate, type Rotation } from './file-rotation.js';
import type { Attempt, Outcome, Transport } from './transport.js';

/**
 * Makes a transport that answers as a server does: 200 when a batch is in the file, else a failure with the code of the
 * system. The file is opened for each batch, so that one which was moved or removed meanwhile is simply made again.
 */
export function createFileTransport(rotation: Rotation): Transport {
  let last: Promise<void> = Promise.resolve();
  // A process before this one may have ended within a line.
  let mayEndTorn = true;
  const write = async (body: Buffer): Promise<void> => {
    const isSuspect = mayEndTorn;
    mayEndTorn = true;
    await append(body, rotation, isSuspect);
    mayEndTorn = false;
  };
  return {
    send({ body }, timeoutMs) {
      // A write cannot be taken back: one that hangs holds up those behind it, so there are never two.
      const { start, ...attempt } = createAttempt(() => write(Buffer.from(body)), timeoutMs);
      last = last.then(start);
      return attempt;
    },
    close: () => undefined,
  };
}

/** An attempt that begins with `start`, unless its time is over by then. */
function createAttempt(write: () => Promise<void>, timeoutMs: number): Attempt & { start: () => Promise<void> } {
  let isOver = false;
  let resolve: (outcome: Outcome) => void = () => undefined;
  const outcome = new Promise<Outcome>((settled) => (resolve = settled));
  const settle = (result: Outcome): void => {
    isOver = true;
    deadline.cancel();
    resolve(result);
  };
  const fail = (code: string, message: string): void => settle({ kind: 'failure', code, message });
  const deadline = systemClock.after(timeoutMs, () => fail('TIMEOUT', `not written within ${timeoutMs} ms`));
  const start = async (): Promise<void> => {
    if (isOver) return;
    try {
      await write();
      settle({ kind: 'answer', answer: { status: 200, headers: {}, body: '' } });
    } catch (error) {
      const { code = 'WRITE_FAILED', message } = error as NodeJS.ErrnoException;
      fail(code, message);
    }
  };
  return { outcome, start, abort: () => fail('ABORTED', 'the exporter was closed') };
}

async function append(body: Buffer, rotation: Rotation, isSuspect: boolean): Promise<void> {
  const { path } = rotation;
  if (await isFull(rotation, body.length)) await rotate(rotation, body.length);
  const file = await openOrMake(path);
  let wasRemoved: boolean;
  try {
    await requireFile(file, path);
    const isTorn = isSuspect && (await endsTorn(file));
    await writeWhole(file, isTorn ? Buffer.concat([lineBreak, body]) : body);
    wasRemoved = (await file.stat()).nlink === 0;
  } finally {
    await file.close();
  }
  // Somebody removed the file between opening and writing, and the batch with it.
  if (wasRemoved) await append(body, rotation, false);
}

/**
 * For appending, which the system does whole and at the end whoever else writes; never through a symbolic link, which
 * might lead anywhere, and never waiting for the reader of a pipe. Windows knows neither of the last two.
 */
const flags = constants.O_RDWR | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW | constants.O_NONBLOCK;

async function openOrMake(path: string): Promise<FileHandle> {
  try {
    return await open(path, flags, 0o600);
  } catch (error) {
    if (!isMissing(error)) throw error;
    // One directory alone: a mistyped path shall be told, not made.
    await mkdir(dirname(path), { mode: 0o700 }).catch(ignoreExisting);
    return await open(path, flags, 0o600);
  }
}

function ignoreExisting(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EEXIST') throw error;
}

async function requireFile(file: FileHandle, path: string): Promise<void> {
  const stat = await file.stat();
  if (stat.isFile() || stat.isCharacterDevice()) return;
  throw Object.assign(new Error(`${path} is not a file`), { code: 'ENOTSUP' });
}

const lineBreak = Buffer.from('\n');

/** How often a file must be of one size to be taken for one that nobody is just writing to. */
const looks = 20;

/** Whether the file ends within a line, cut by a full disk or a crash, that the next one must not run on from. */
async function endsTorn(file: FileHandle): Promise<boolean> {
  const { size } = await file.stat();
  if (size === 0) return false;
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, size - 1);
  if (buffer.equals(lineBreak)) return false;
  // The size grows while a write of another process is under way.
  for (let look = 0; look < looks; look++) {
    if ((await file.stat()).size !== size) return false;
  }
  return true;
}

/** In one write, as long as the disk has room: two would let another process write in between. */
async function writeWhole(file: FileHandle, body: Buffer): Promise<void> {
  for (let done = 0; done < body.length;) done += (await file.write(body, done)).bytesWritten;
}
