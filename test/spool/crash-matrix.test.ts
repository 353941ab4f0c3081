import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, type ExpectStatic, it } from 'vitest';
import { startSink } from '../contract/faulty-sink.js';
import { type ApplicationRun, runApplication } from './application.js';
import { destinations, type Arrived } from './destinations.js';
import { readLines } from '../exporters/written-file.js';

const errors = 200;

/** Most records of one batch: so many may arrive twice, when the process died before it knew that they had arrived. */
const maxBatch = 128;

const ends = ['exit', 'throw', 'abort', 'SIGTERM', 'SIGKILL'] as const;
const matrix = destinations.flatMap((destination) =>
  ends.flatMap((end) => (['up', 'down', 'hanging'] as const).map((state) => [destination, end, state] as const)),
);

function openDirectory(): string {
  return mkdtempSync(join(tmpdir(), 'throughline-crash-'));
}

/** A kill comes at any time; every other end when all is logged. */
function killAfter(end: ApplicationRun['end']): number {
  return end === 'SIGKILL' ? 1 + Math.floor(Math.random() * errors) : Infinity;
}

/** Nothing that was taken is lost; what arrived twice has one uid, and is no more than a batch. */
function expectAll(expect: ExpectStatic, taken: number, records: readonly Arrived[]): void {
  const uids = new Map(records.map(({ uid, message }) => [uid, message]));
  const messages = new Set(uids.values());
  for (let index = 0; index < taken; index++) expect(messages).toContain(`error ${index}`);
  expect(messages.size).toBe(uids.size);
  expect(records.length - uids.size).toBeLessThanOrEqual(maxBatch);
}

describe.concurrent('an application that dies', () => {
  it.for(matrix.map(([destination, end, state]) => [destination.name, end, state, destination] as const))(
    'loses no error for %s by %s with the collector %s',
    { timeout: 60_000 },
    async ([name, end, state, destination], { expect, onTestFinished }) => {
      let sink = await startSink(state === 'hanging' ? () => 'hang' : destination.accept);
      onTestFinished(() => sink.close());
      if (state === 'down') await sink.close();
      const options = { exporter: name, url: sink.url, directory: openDirectory() };
      onTestFinished(() => rmSync(options.directory, { recursive: true, force: true }));
      const { taken } = await runApplication({ ...options, errors, end }, killAfter(end));
      if (end !== 'SIGKILL') expect(taken).toBe(errors);

      const accepted = state === 'up' ? [...sink.requests] : [];
      if (state === 'down') sink = await startSink(destination.accept, Number(new URL(sink.url).port));
      sink.react = (request) => {
        accepted.push(request);
        return destination.accept(request);
      };
      const { last } = await runApplication({ ...options, errors: 0, end: 'flush' });
      expect(JSON.parse(last)).toMatchObject({ isOut: true });

      expectAll(expect, taken, accepted.flatMap(destination.records));
      expect(readdirSync(options.directory)).toEqual([]);
    },
  );

  it.for(ends)('loses no error for a file by %s', { timeout: 60_000 }, async (end, { expect, onTestFinished }) => {
    const directory = openDirectory();
    onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
    const options = { exporter: 'file', url: join(directory, 'errors.jsonl'), directory: join(directory, 'spool') };
    const { taken } = await runApplication({ ...options, errors, end }, killAfter(end));
    await runApplication({ ...options, errors: 0, end: 'flush' });
    expectAll(expect, taken, readLines(options.url) as unknown as Arrived[]);
  });
});
