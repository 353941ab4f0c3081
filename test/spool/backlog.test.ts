import { linkSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { startSink } from '../contract/faulty-sink.js';
import { runApplication } from './application.js';
import { openobserve } from './destinations.js';

const backlogBytes = 1e9;

/** Lets an application leave a file that is full, and gives that file so many more names that they make a gigabyte. */
async function leaveGigabyte(directory: string): Promise<number> {
  await runApplication({ exporter: 'openobserve', url: 'http://127.0.0.1:9', directory, errors: 1_500, end: 'exit' });
  const journal = join(directory, readdirSync(directory)[0] ?? '');
  const full = readdirSync(journal).find((name) => name.startsWith('00000001-')) ?? '';
  const [, reports] = /-(\d+)\./.exec(full) ?? [];
  const { size } = statSync(join(journal, full));
  const files = Math.ceil(backlogBytes / size);
  for (let number = 10; number < files + 10; number++)
    linkSync(join(journal, full), join(journal, `${String(number).padStart(8, '0')}-${reports}.jsonl`));
  return files * Number(reports) + 1_500;
}

it('a backlog of a gigabyte is delivered piece by piece by a process with 64 MiB of memory', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'throughline-backlog-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const left = await leaveGigabyte(directory);
  const sink = await startSink(openobserve.accept);
  onTestFinished(() => sink.close());
  const run = {
    exporter: 'openobserve',
    url: sink.url,
    directory,
    maxBytes: 4 * backlogBytes,
    errors: 0,
    flushMs: 3_000,
    enough: 129,
  };
  const { code, last } = await runApplication({ ...run, end: 'flush', nodeOptions: ['--max-old-space-size=64'] });
  expect(code).toBe(0);
  const { isOut, status } = JSON.parse(last) as { isOut: boolean; status: Status };
  expect(isOut).toBe(false);
  const [{ delivered, spooled, queued }] = status.exporters;
  expect(delivered).toBeGreaterThanOrEqual(run.enough);
  expect(sink.requests.flatMap(openobserve.records).length).toBeGreaterThanOrEqual(delivered);
  expect(delivered + queued + spooled).toBe(left);
  expect(status.spool).toMatchObject({ recovered: left, damaged: 0 });
});

interface Status {
  readonly exporters: [{ readonly delivered: number; readonly spooled: number; readonly queued: number }];
  readonly spool: object;
}
