import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, type ExpectStatic, it } from 'vitest';
import { startSink } from '../contract/faulty-sink.js';
import { type ApplicationRun, runApplication, startApplication } from './application.js';
import { destinations, openobserve, type Arrived } from './destinations.js';
import { readLines } from '../exporters/written-file.js';

const errors = 200;

/** Most records of one batch: so many may arrive twice, when the process died before it knew that they had arrived. */
const maxBatch = 128;

const ends = ['exit', 'throw', 'abort', 'SIGTERM', 'SIGTERM and close', 'SIGKILL'] as const;
/** What the process may be killed in the middle of: the server has the batch, and the process may not know it. */
const moments = ['while its batch is on the way', 'as its batch is answered'] as const;

const matrix = destinations.flatMap((destination) =>
  ends.flatMap((end) => (['up', 'down', 'hanging'] as const).map((state) => [destination, end, state] as const)),
);

function openDirectory(): string {
  return mkdtempSync(join(tmpdir(), 'throughline-crash-'));
}

const anyNumber = (): number => 1 + Math.floor(Math.random() * errors);

function killAfter(end: ApplicationRun['end']): number {
  return end === 'SIGKILL' ? anyNumber() : Infinity;
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
    async ([name, end, state, destination], { expect, onTestFinished }) => {
      let sink = await startSink(state === 'hanging' ? () => 'hang' : destination.accept);
      onTestFinished(() => sink.close());
      if (state === 'down') await sink.close();
      const options = { exporter: name, url: sink.url, directory: openDirectory() };
      onTestFinished(() => rmSync(options.directory, { recursive: true, force: true }));
      // A kill comes at any time; so does every other end, since the application comes to it after any number of errors.
      const logged = end === 'SIGKILL' ? errors : anyNumber();
      const { taken } = await runApplication({ ...options, errors: logged, end }, killAfter(end));
      if (end !== 'SIGKILL') expect(taken).toBe(logged);

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

  it.for(
    moments.flatMap((moment) => destinations.map((destination) => [destination.name, moment, destination] as const)),
  )(
    'loses no error for %s when it is killed %s, and sends that batch alone twice',
    async ([name, moment, destination], { expect, onTestFinished }) => {
      const stored: Arrived[][] = [];
      const sink = await startSink((request) => {
        stored.push([...destination.records(request)]);
        if (stored.length !== 2) return destination.accept(request);
        if (moment === 'while its batch is on the way') application.kill();
        else setImmediate(() => application.kill());
        return moment === 'while its batch is on the way' ? 'hang' : destination.accept(request);
      });
      onTestFinished(() => sink.close());
      const options = { exporter: name, url: sink.url, directory: openDirectory() };
      onTestFinished(() => rmSync(options.directory, { recursive: true, force: true }));
      const application = startApplication({ ...options, errors, end: 'SIGKILL' });
      const { taken } = await application.ended;
      // On a busy machine it lives a little longer than the answer, and may send more.
      const sent = stored.length;
      const { last } = await runApplication({ ...options, errors: 0, end: 'flush' });
      expect(JSON.parse(last)).toMatchObject({ isOut: true });

      expectAll(expect, taken, stored.flat());
      const inFlight = new Set(
        stored.slice(destination.takesOne ? 0 : 1, sent).flatMap((batch) => batch.map(({ uid }) => uid)),
      );
      const twice = stored.flat().filter(({ uid }, index, all) => all.findIndex((other) => other.uid === uid) < index);
      for (const { uid } of twice) expect(inFlight).toContain(uid);
      if (moment === 'while its batch is on the way' && !destination.takesOne)
        expect(twice).toHaveLength(inFlight.size);
    },
  );

  it.for(['error in an exit handler', 'error in a handler of what nobody caught'] as const)(
    'keeps even an %s, and its exit code',
    async (end, { expect, onTestFinished }) => {
      const sink = await startSink(() => 'hang');
      onTestFinished(() => sink.close());
      const options = { exporter: 'openobserve', url: sink.url, directory: openDirectory() };
      onTestFinished(() => rmSync(options.directory, { recursive: true, force: true }));
      const { code } = await runApplication({ ...options, errors: 3, end });
      expect(code).toBe(7);
      sink.react = openobserve.accept;
      const before = sink.requests.length;
      await runApplication({ ...options, errors: 0, end: 'flush' });
      const messages = sink.requests
        .slice(before)
        .flatMap(openobserve.records)
        .map(({ message }) => message);
      expect(messages.toSorted()).toEqual(['error 0', 'error 1', 'error 2', 'error last']);
    },
  );

  it.for(ends)('loses no error for a file by %s', async (end, { expect, onTestFinished }) => {
    const directory = openDirectory();
    onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
    const options = { exporter: 'file', url: join(directory, 'errors.jsonl'), directory: join(directory, 'spool') };
    const { taken } = await runApplication(
      { ...options, errors: end === 'SIGKILL' ? errors : anyNumber(), end },
      killAfter(end),
    );
    await runApplication({ ...options, errors: 0, end: 'flush' });
    expectAll(expect, taken, readLines(options.url) as unknown as Arrived[]);
  });
});
