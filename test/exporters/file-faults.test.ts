import { readFileSync, unlinkSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { afterEach, beforeEach, expect, describe, it, vi } from 'vitest';
import { createFileTransport } from '../../packages/core/src/export/file-transport.js';
import type { Outcome, Transport } from '../../packages/core/src/export/transport.js';
import { newFile } from './written-file.js';

/** What the disk does to the next writes: takes so many bytes only, or fails. */
const faults = vi.hoisted(() => ({ writes: [] as (() => number)[], close: () => {} }));

/** The real file system, with faults that cannot be brought about at will. */
vi.mock('node:fs/promises', async (importOriginal) => {
  const real = await importOriginal<typeof import('node:fs/promises')>();
  const open = async (...how: Parameters<typeof real.open>): Promise<FileHandle> => {
    const file = await real.open(...how);
    const [write, close] = [file.write.bind(file), file.close.bind(file)];
    return Object.assign(file, {
      async write(bytes: Buffer, offset: number) {
        const most = faults.writes.shift()?.() ?? bytes.length;
        return write(bytes, offset, Math.min(most, bytes.length - offset));
      },
      async close() {
        await close();
        faults.close();
      },
    });
  };
  return { ...real, open };
});

function failing(code: string): () => never {
  return () => {
    throw Object.assign(new Error(`${code}: forced`), { code });
  };
}

describe('a write that goes wrong half-way', () => {
  let path: string;
  let remove: () => void;
  let transport: Transport;
  const write = (body: string): Promise<Outcome> => transport.send({ url: '', headers: {}, body }, 10_000).outcome;

  beforeEach(() => {
    ({ path, remove } = newFile());
    transport = createFileTransport({ path, maxBytes: 4_096, maxFiles: 5 });
  });

  afterEach(() => {
    faults.writes.length = 0;
    faults.close = () => {};
    remove();
  });

  it('is gone on with while the disk takes more', async () => {
    faults.writes.push(() => 3);
    expect(await write('abcdef\n')).toMatchObject({ kind: 'answer' });
    expect(readFileSync(path, 'utf8')).toBe('abcdef\n');
  });

  it('costs one line when the disk is full, and not the next', async () => {
    faults.writes.push(() => 3, failing('ENOSPC'));
    expect(await write('abcdef\n')).toEqual({ kind: 'failure', code: 'ENOSPC', message: 'ENOSPC: forced' });
    expect(await write('abcdef\n')).toMatchObject({ kind: 'answer' });
    expect(readFileSync(path, 'utf8')).toBe('abc\nabcdef\n');
  });

  it('is a failure when the disk tells so at the end', async () => {
    faults.close = failing('EIO');
    expect(await write('a\n')).toMatchObject({ kind: 'failure', code: 'EIO' });
  });

  it('is made again when the file was removed under it', async () => {
    faults.writes.push(() => {
      unlinkSync(path);
      return Infinity;
    });
    expect(await write('a\n')).toMatchObject({ kind: 'answer' });
    expect(readFileSync(path, 'utf8')).toBe('a\n');
  });
});
