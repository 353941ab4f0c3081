import { ConfigError, createObservability, type Observability } from '@throughline/core';
import { fileExporter, type FileOptions } from '@throughline/core/exporters/file';
import { execFile, execFileSync } from 'node:child_process';
import {
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createFileTransport } from '../../packages/core/src/export/file-transport.js';
import type { Attempt, Outcome, Transport } from '../../packages/core/src/export/transport.js';
import { describeLocalExporter } from '../contract/exporter.js';
import { repeatedKeys } from '../contract/json-keys.js';
import { batchOf, sender } from './batch.js';
import { linesOf, namesBeside, newFile, openFileSink, readLines } from './written-file.js';

describeLocalExporter({
  name: 'File',
  open: openFileSink,
  create: (path) => fileExporter({ path }),
  records: ({ body }) => linesOf(body),
});

let path: string;
let remove: () => void;

beforeEach(() => {
  ({ path, remove } = newFile());
});
afterEach(() => remove());

describe('File exporter, by itself', () => {
  it('shows where the file is, from the root of the disk', () => {
    expect(fileExporter({ path: 'logs/errors.jsonl' }).endpoint).toBe(`file://${process.cwd()}/logs/errors.jsonl`);
  });

  it('writes a line of JSON for each error, with its time', () => {
    const { body } = fileExporter({ path }).encode(batchOf('a\nb', 'c'), sender);
    expect(linesOf(String(body))).toMatchObject([
      { time: '2025-11-24T16:00:00.000Z', uid: 'uid-a\nb', level: 'error', message: 'a\nb', service: 'shop', pid: 7 },
      { message: 'c' },
    ]);
  });

  it('writes the time once, although a field has its name', () => {
    const [entry] = batchOf('a');
    const batch = entry ? [{ ...entry, record: { ...entry.record, attributes: { time: 'noon', shift: 'late' } } }] : [];
    const { body } = fileExporter({ path }).encode(batch, sender);
    expect(repeatedKeys(String(body))).toEqual([]);
    expect(linesOf(String(body))).toMatchObject([{ time: '2025-11-24T16:00:00.000Z', shift: 'late' }]);
  });

  it('touches nothing until there is an error', async () => {
    const observability = createObservability({ isolated: true, exporters: [fileExporter({ path })] });
    await observability.close();
    expect(namesBeside(path)).toEqual([]);
  });

  it.each([
    [{ path: '' }, 'file.path'],
    [{ path: 'a\0b' }, 'file.path'],
    [{ path: 7 as unknown as string }, 'file.path'],
    [{ maxBytes: 4_095 }, 'file.maxBytes'],
    [{ maxFiles: 0 }, 'file.maxFiles'],
    [{ maxFiles: 1.5 }, 'file.maxFiles'],
    [{ timeoutMs: 0 }, 'file.timeoutMs'],
  ])('refuses %j', (options, option) => {
    const create = (): unknown => fileExporter({ path: 'errors.jsonl', ...options });
    expect(create).toThrow(ConfigError);
    expect(create).toThrow(expect.objectContaining({ option }) as Error);
  });
});

describe('a file of errors', () => {
  let transport: Transport;
  const use = (options: Omit<FileOptions, 'path'> = {}): void =>
    void (transport = createFileTransport({ path, maxBytes: 4_096, maxFiles: 5, ...options }));
  const send = (body: string): Attempt => transport.send({ url: '', headers: {}, body }, 10_000);
  const write = (body: string): Promise<Outcome> => send(body).outcome;
  const stored = { kind: 'answer', answer: { status: 200, headers: {}, body: '' } };
  /** A line of so many bytes. */
  const lineOf = (text: string, bytes: number): string => `${text.padEnd(bytes - 1, '.')}\n`;
  const firstLetters = (): Record<string, string> =>
    Object.fromEntries(
      namesBeside(path).map((name) => {
        const text = readFileSync(join(dirname(path), name), 'utf8');
        return [
          name,
          text
            .split('\n')
            .map((line) => line.slice(0, 1))
            .join(''),
        ];
      }),
    );

  beforeEach(() => use());

  it('belongs to its owner alone, and so does a directory made for it', async () => {
    path = join(dirname(path), 'made', 'errors.jsonl');
    use();
    expect(await write('{}\n')).toEqual(stored);
    expect([dirname(path), path].map((place) => (statSync(place).mode & 0o777).toString(8))).toEqual(['700', '600']);
  });

  it('is put aside when it is full, and so many are kept', async () => {
    use({ maxFiles: 3 });
    for (const text of 'abcdefgh') expect(await write(lineOf(text, 2_000))).toEqual(stored);
    expect(firstLetters()).toEqual({ 'errors.jsonl': 'gh', 'errors.jsonl.1': 'ef', 'errors.jsonl.2': 'cd' });
  });

  it('is begun anew when only one is to be kept', async () => {
    use({ maxFiles: 1 });
    for (const text of 'abc') await write(lineOf(text, 2_000));
    expect(firstLetters()).toEqual({ 'errors.jsonl': 'c' });
  });

  it('takes a batch that is bigger than a file may be, by itself', async () => {
    for (const [text, bytes] of [
      ['a', 10],
      ['b', 10_000],
      ['c', 10],
    ] as const)
      await write(lineOf(text, bytes));
    expect(firstLetters()).toEqual({ 'errors.jsonl': 'c', 'errors.jsonl.1': 'b', 'errors.jsonl.2': 'a' });
  });

  it('leaves those put aside where they are while there is none to put aside', async () => {
    writeFileSync(`${path}.1`, 'a\n');
    await write(lineOf('b', 10_000));
    expect(firstLetters()).toEqual({ 'errors.jsonl': 'b', 'errors.jsonl.1': 'a' });
  });

  it('is made again when it was moved away or removed', async () => {
    await write('a\n');
    renameSync(path, `${path}.moved`);
    await write('b\n');
    unlinkSync(path);
    await write('c\n');
    expect(firstLetters()).toEqual({ 'errors.jsonl': 'c', 'errors.jsonl.moved': 'a' });
  });

  it('closes a line that was cut, so that the next one can be read', async () => {
    writeFileSync(path, 'whole\ncut');
    await write('next\n');
    expect(readFileSync(path, 'utf8')).toBe('whole\ncut\nnext\n');
  });

  it('is put aside by one process at a time, and written meanwhile', async () => {
    writeFileSync(`${path}.lock`, '');
    await write(lineOf('a', 4_000));
    expect(await write(lineOf('b', 4_000))).toEqual(stored);
    expect(firstLetters()).toEqual({ 'errors.jsonl': 'ab', 'errors.jsonl.lock': '' });
  });

  it('is put aside again after a process ended in the middle of it', async () => {
    writeFileSync(`${path}.lock`, '');
    utimesSync(`${path}.lock`, 1_000, 1_000);
    for (const text of 'abc') await write(lineOf(text, 4_000));
    expect(firstLetters()).toEqual({ 'errors.jsonl': 'c', 'errors.jsonl.1': 'ab' });
  });

  it('is not written through a symbolic link', async () => {
    writeFileSync(`${path}.target`, '');
    symlinkSync(`${path}.target`, path);
    expect(await write('a\n')).toMatchObject({ kind: 'failure', code: 'ELOOP' });
    expect(readFileSync(`${path}.target`, 'utf8')).toBe('');
  });

  it('is no pipe, whose reader nobody waits for', async () => {
    execFileSync('mkfifo', [path]);
    expect(await write('a\n')).toMatchObject({ kind: 'failure', code: 'ENOTSUP' });
  });

  it.each([
    [
      'ENOENT',
      'a directory that is missing above its own',
      () => void (path = join(dirname(path), 'a/b/errors.jsonl')),
    ],
    ['EISDIR', 'a directory in its place', () => mkdirSync(path)],
    [
      'ENOTDIR',
      'a file in the place of its directory',
      () => {
        writeFileSync(path, '');
        path = join(path, 'errors.jsonl');
      },
    ],
  ])('fails with %s for %s', async (code, _, arrange) => {
    arrange();
    use();
    expect(await write('a\n')).toMatchObject({ kind: 'failure', code });
  });

  it('fails with EACCES where it may not be made', async () => {
    mkdirSync(join(dirname(path), 'closed'), { mode: 0o555 });
    path = join(dirname(path), 'closed', 'errors.jsonl');
    use();
    const isRoot = process.geteuid?.() === 0;
    if (isRoot) process.seteuid?.(65_534);
    const outcome = await write('a\n').finally(() => isRoot && process.seteuid?.(0));
    expect(outcome).toMatchObject({ kind: 'failure', code: 'EACCES' });
  });

  it('gives up a write that hangs, and holds the next one back until it is over', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const hung = send('a\n');
    await Promise.resolve();
    // The disk cannot answer before the event loop turns.
    vi.advanceTimersByTime(10_000);
    vi.useRealTimers();
    const next = write('b\n');
    expect(await hung.outcome).toEqual({ kind: 'failure', code: 'TIMEOUT', message: 'not written within 10000 ms' });
    expect(await next).toEqual(stored);
    expect(readFileSync(path, 'utf8')).toBe('a\nb\n');
  });

  it('does not begin a write that was given up before its turn', async () => {
    const first = send('a\n');
    const second = send('b\n');
    second.abort();
    expect(await second.outcome).toMatchObject({ kind: 'failure', code: 'ABORTED' });
    await first.outcome;
    await write('c\n');
    expect(readFileSync(path, 'utf8')).toBe('a\nc\n');
  });
});

/** The exporter in an observability, on a clock that stands still. */
describe('a disk that fails', () => {
  let observability: Observability;
  let problems: string[];
  const status = (): ReturnType<Observability['status']>['exporters'][number] | undefined =>
    observability.status().exporters[0];
  const attempt = async (): Promise<void> => {
    vi.advanceTimersByTime(Date.parse(status()?.nextAttemptAt ?? '') - Date.now() + 1);
    expect(status()?.state).toBe('sending');
    while (status()?.state === 'sending') await new Promise((resolve) => setImmediate(resolve));
  };
  const start = (place: string): void => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date', 'performance'], now: 1_764_000_000_000 });
    problems = [];
    observability = createObservability({
      isolated: true,
      log: { destination: { write: () => undefined } },
      exporters: [fileExporter({ path: place })],
      onProblem: ({ code }) => problems.push(code),
    });
  };

  afterEach(async () => {
    vi.useRealTimers();
    await observability.close();
  });

  it.skipIf(process.platform !== 'linux')(
    'keeps the errors while it is full, and has them once when it is not',
    async () => {
      const directory = join(dirname(path), 'mounted');
      symlinkSync('/dev', directory);
      start(join(directory, 'full'));
      for (const message of ['a', 'b']) observability.logger.error(message);
      await attempt();
      expect(status()).toMatchObject({ state: 'backing-off', queued: 2, lastError: { code: 'ENOSPC' } });
      await attempt();
      expect(status()).toMatchObject({ state: 'backing-off', queued: 2 });
      rmSync(directory);
      mkdirSync(directory);
      await attempt();
      expect(status()).toMatchObject({ state: 'idle', delivered: 2, queued: 0 });
      expect(readLines(join(directory, 'full')).map(({ message }) => message)).toEqual(['a', 'b']);
      expect(problems).toEqual(['ENOSPC', 'RECOVERED']);
    },
  );

  it('gets the errors when a link in the place of the file is gone', async () => {
    symlinkSync(`${path}.target`, path);
    start(path);
    observability.logger.error('a');
    await attempt();
    expect(status()).toMatchObject({ queued: 1, lastError: { code: 'ELOOP' } });
    unlinkSync(path);
    await attempt();
    expect(readLines(path)).toMatchObject([{ message: 'a' }]);
  });
});

/** A process that writes so many errors as fast as it can. */
const writer = `
  import { createObservability } from '@throughline/core';
  import { fileExporter } from '@throughline/core/exporters/file';
  const [path, count] = process.argv.slice(1);
  const exporter = fileExporter({ path, maxBytes: 150_000, maxFiles: 100 });
  const observability = createObservability({ isolated: true, log: { destination: { write() {} } }, exporters: [exporter] });
  for (let index = 0; index < count; index++) observability.logger.error(new Error('error ' + index));
  await observability.close({ timeoutMs: 30_000 });
  console.log(JSON.stringify(observability.status().exporters[0]));
`;

describe('processes that share a file', () => {
  it('tear no line and lose none, also while it is put aside', async () => {
    const run = promisify(execFile);
    const write = (): ReturnType<typeof run> =>
      run(process.execPath, ['--input-type=module', '--eval', writer, path, '1000'], { cwd: import.meta.dirname });
    const accounts = (await Promise.all([write(), write(), write()])).map(
      ({ stdout }) => JSON.parse(String(stdout)) as object,
    );
    expect(accounts).toMatchObject(accounts.map(() => ({ delivered: 1_000 })));
    const files = namesBeside(path);
    const uids = files.flatMap((name) => readLines(join(dirname(path), name)).map(({ uid }) => uid));
    expect(files.length).toBeGreaterThan(2);
    expect([uids.length, new Set(uids).size]).toEqual([3_000, 3_000]);
  });
});
