import { appendFileSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { afterEach, beforeEach, expect, describe, it, vi } from 'vitest';
import { createFileTransport } from '../../packages/core/src/export/file-transport.js';
import type { Outcome, Transport } from '../../packages/core/src/export/transport.js';
import { newFile } from './written-file.js';

/** What happens to the next writes, which take so many bytes only, or fail; at each look at the file; when it is closed. */
const faults = vi.hoisted(() => ({ writes: [] as (() => number)[], look: () => {}, close: () => {} }));

/** The real file system, with faults that cannot be brought about at will. */
vi.mock('node:fs/promises', async (importOriginal) => {
  const real = await importOriginal<typeof import('node:fs/promises')>();
  const open = async (...how: Parameters<typeof real.open>): Promise<FileHandle> => {
    const file = await real.open(...how);
    const [write, stat, close] = [file.write.bind(file), file.stat.bind(file), file.close.bind(file)];
    return Object.assign(file, {
      stat() {
        faults.look();
        return stat();
      },
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
    faults.look = faults.close = () => {};
    remove();
  });

  it('is gone on with while the disk takes more', async () => {
    faults.writes.push(() => 3);
    expect(await write('abcdef\n')).toMatchObject({ kind: 'answer' });
    expect(readFileSync(path, 'utf8')).toBe('abcdef\n');
  });

  it('costs one line when the disk is full, and not the next', async () => {
    await write('first\n');
    faults.writes.push(() => 3, failing('ENOSPC'));
    expect(await write('abcdef\n')).toEqual({ kind: 'failure', code: 'ENOSPC', message: 'ENOSPC: forced' });
    expect(await write('abcdef\n')).toMatchObject({ kind: 'answer' });
    expect(readFileSync(path, 'utf8')).toBe('first\nabc\nabcdef\n');
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

  it('is not taken for a line that was cut while another process is at it', async () => {
    writeFileSync(path, 'half of a ');
    let looks = 0;
    faults.look = () => {
      if (++looks === 5) appendFileSync(path, 'line\n');
    };
    await write('a\n');
    expect(readFileSync(path, 'utf8')).toBe('half of a line\na\n');
  });

  it('is looked for after a start and after a failure only', async () => {
    let looks = 0;
    faults.look = () => void looks++;
    const looksOf = async (body: string): Promise<number> => {
      const before = looks;
      await write(body);
      return looks - before;
    };
    writeFileSync(path, 'whole\n');
    const [first, second] = [await looksOf('a\n'), await looksOf('b\n')];
    faults.writes.push(failing('ENOSPC'));
    await write('c\n');
    expect([first - second, (await looksOf('c\n')) - second]).toEqual([1, 1]);
  });
});
