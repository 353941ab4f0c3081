import { describe, expect, it } from 'vitest';
import { SimulatedDisk, Storage } from '../../../testing/simulated-disk.js';
import {
  FakeClock,
  report,
  settle,
  simpleDestination,
  simulate,
  type Simulation,
} from '../../../testing/simulation.js';
import type { Neighbourhood } from './owner.js';

interface Subject extends Simulation {
  readonly disk: SimulatedDisk;
}

/** A process with a spool; those with a smaller number are dead in its eyes. */
function start(
  storage: Storage,
  pid: number,
  options: { maxBytes?: number; spoolBytes?: number; destinations?: [Destination] } = {},
): Subject {
  const clock = new FakeClock();
  const disk = new SimulatedDisk(clock, storage);
  const we: Neighbourhood = { host: 'h', pid, isAlive: (other) => other >= pid };
  const { spoolBytes = 1_048_576, ...rest } = options;
  const spool = { directory: '/spool', maxBytes: spoolBytes };
  return { ...simulate({ clock, disk, we, maxBytes: 131_072, spool, ...rest }), disk };
}

type Destination = ReturnType<typeof simpleDestination>;

const status = ({ core }: Simulation): ReturnType<Simulation['core']['status']>[number] => {
  const [first] = core.status();
  if (first === undefined) throw new Error('there is no destination');
  return first;
};

const big = (index: number): ReturnType<typeof report> => report(`${index}`.padEnd(8_000, 'x'));

/** Lets a few batches leave; gives the uids of those that were taken. */
async function deliver(subject: Subject, batches: number): Promise<string[]> {
  const uids: string[] = [];
  for (let batch = 0; batch < batches; batch++) {
    await subject.clock.advance(500);
    uids.push(...(subject.transport.open?.uids ?? []));
    await subject.transport.answer(200);
  }
  return uids;
}

/** Makes reads of some files fail until they are allowed again. */
function failReads(disk: SimulatedDisk, isBad: (path: string) => boolean, read: () => Promise<never>): () => void {
  const readFile = disk.readFile.bind(disk);
  disk.readFile = (path) => (isBad(path) ? read() : readFile(path));
  return () => (disk.readFile = readFile);
}

/** Lets no file be written off the main thread, but the first one when the returned function is called. */
function hangSaving(disk: SimulatedDisk): () => void {
  const writeFile = disk.writeFile.bind(disk);
  const waiting: (() => void)[] = [];
  disk.writeFile = async (path, text) => {
    await new Promise<void>((resolve) => waiting.push(resolve));
    await writeFile(path, text);
  };
  return () => waiting[0]?.();
}

function refuseNow(code: string): never {
  throw Object.assign(new Error('bad sector'), { code });
}

const refuse = (code: string) => (): Promise<never> => Promise.reject(Object.assign(new Error('bad sector'), { code }));

describe('spool, when batches come back and disks misbehave', () => {
  it('loses nothing that was put back when the process dies before it is sent again', async () => {
    const storage = new Storage();
    const first = start(storage, 1, { maxBytes: 1e6 });
    for (let index = 0; index < 300; index++) first.core.offer(report(`old ${index}`));
    const second = start(storage, 2, { maxBytes: 1e6 });
    await second.clock.advance(1);
    await second.transport.answer(200, '{"kind":"too-big"}');
    const uids = await deliver(second, 2);
    second.disk.crashAfter(-1, false);
    uids.push(...(await deliver(start(storage, 3, { maxBytes: 1e6 }), 10)));
    expect([uids.length, new Set(uids).size]).toEqual([300, 300]);
  });

  it('counts once what it keeps on disk alone while it takes over what another process left', async () => {
    const storage = new Storage();
    const subject = start(storage, 2);
    await subject.clock.advance(1);
    for (let index = 0; index < 40; index++) subject.core.offer(big(index));
    start(storage, 1).core.offer(report('orphan'));
    await subject.clock.advance(6_000);
    for (let index = 40; index < 60; index++) subject.core.offer(big(index));
    const uids = await deliver(subject, 60);
    expect([uids.length, new Set(uids).size]).toEqual([61, 61]);
    expect(status(subject)).toMatchObject({ offered: 61, delivered: 61, dropped: 0 });
  });

  it.each([
    ['left its journal to the next', undefined, []],
    ['could not leave its journal to the next', 'EIO', ['EIO']],
  ])('sends nothing again when an older save ends after a process %s', async (_, fault, problems) => {
    const storage = new Storage();
    const first = start(storage, 1);
    const endSave = hangSaving(first.disk);
    const uids: string[] = [];
    for (const message of ['a', 'b', 'c']) {
      first.core.offer(report(message));
      uids.push(...(await deliver(first, 1)));
    }
    first.core.offer(report('left'));
    if (fault !== undefined) first.disk.rename = () => refuseNow(fault);
    const closed = first.core.close();
    await first.clock.advance(1);
    await first.transport.fail('ECONNREFUSED');
    await first.clock.advance(200);
    await closed;
    first.disk.rename = SimulatedDisk.prototype.rename.bind(first.disk);
    endSave();
    await settle();
    uids.push(...(await deliver(start(storage, 2), 3)));
    expect([uids.length, new Set(uids).size]).toEqual([4, 4]);
    expect(first.problems.filter(({ exporter }) => exporter === 'spool').map(({ code }) => code)).toEqual(problems);
  });

  it('sends nothing again when everything was delivered and the process ends while saving hangs', async () => {
    const storage = new Storage();
    const first = start(storage, 1);
    hangSaving(first.disk);
    for (const message of ['a', 'b', 'c']) {
      first.core.offer(report(message));
      await deliver(first, 1);
    }
    const closed = first.core.close();
    await first.clock.advance(200);
    await closed;
    expect(status(first)).toMatchObject({ delivered: 3 });
    expect(await deliver(start(storage, 2), 3)).toEqual([]);
    expect([...storage.files.keys(), ...storage.directories.keys()]).toEqual(['/spool']);
  });

  it('leaves no trace of attempts to write on a full disk', async () => {
    const storage = new Storage();
    const subject = start(storage, 2);
    const createFile = subject.disk.createFile.bind(subject.disk);
    subject.disk.createFile = (path) => ({
      ...createFile(path),
      append() {
        throw Object.assign(new Error('no space'), { code: 'ENOSPC' });
      },
    });
    for (let index = 0; index < 20; index++) {
      subject.core.offer(report(`${index}`));
      await subject.clock.advance(31_000);
      await subject.transport.answer(200);
    }
    expect([storage.files.size, [...storage.directories.keys()]]).toEqual([0, ['/spool']]);
  });

  it('gives up a file that cannot be read for a quarter of an hour, and delivers what is behind it', async () => {
    const subject = start(new Storage(), 2);
    failReads(subject.disk, (path) => path.includes('00000001'), refuse('EIO'));
    for (let index = 0; index < 40; index++) subject.core.offer(big(index));
    await deliver(subject, 4);
    const { spooled } = status(subject);
    for (let minute = 0; minute < 20; minute++) {
      await subject.clock.advance(60_000);
      await subject.transport.answer(200);
    }
    const { delivered, dropped, reasons } = status(subject);
    expect(dropped).toBeGreaterThan(0);
    expect(dropped).toBeLessThan(spooled);
    expect([delivered + dropped, reasons]).toEqual([40, { spool_damaged: dropped }]);
  });

  it('tells once of a file that cannot be read, however much is written meanwhile', async () => {
    const subject = start(new Storage(), 2);
    failReads(subject.disk, () => true, refuse('EIO'));
    for (let index = 0; index < 20; index++) subject.core.offer(big(index));
    await deliver(subject, 4);
    for (let turn = 0; turn < 5; turn++) {
      subject.core.offer(report(`${turn}`));
      await subject.clock.advance(40_000);
    }
    expect(subject.problems.map(({ code }) => code)).toEqual(['EIO']);
  });

  it('sends what happens now although what another process left cannot be read', async () => {
    const storage = new Storage();
    const first = start(storage, 1, { maxBytes: 1e6 });
    for (let index = 0; index < 100; index++) first.core.offer(big(index));
    const second = start(storage, 2);
    const allow = failReads(second.disk, (path) => path.includes('-'), refuse('EMFILE'));
    await second.clock.advance(1);
    second.core.offer(report('first'));
    await second.clock.advance(30_000);
    for (let turn = 0; turn < 10; turn++) {
      second.core.offer(report(`now ${turn}`));
      await deliver(second, 1);
    }
    await deliver(second, 2);
    expect(second.transport.sent.length).toBeGreaterThan(8);
    allow();
    for (let turn = 0; turn < 40; turn++) {
      await second.clock.advance(30_000);
      await second.transport.answer(200);
    }
    expect(status(second)).toMatchObject({ queued: 0, spooled: 0, dropped: 0 });
  });

  it('is closed in time while a read hangs, and leaves what it was about to read', async () => {
    const storage = new Storage();
    const subject = start(storage, 2);
    failReads(
      subject.disk,
      () => true,
      () => new Promise(() => undefined),
    );
    for (let index = 0; index < 20; index++) subject.core.offer(big(index));
    await deliver(subject, 10);
    const { spooled } = status(subject);
    let isClosed = false;
    void subject.core.close().then(() => (isClosed = true));
    await subject.clock.advance(2_000);
    await settle();
    expect([isClosed, status(subject)]).toMatchObject([true, { state: 'closed', spooled, dropped: 0 }]);
    expect(await deliver(start(storage, 3), 5)).toHaveLength(spooled);
  });

  it('takes nothing from a neighbour that stood still as long as itself', async () => {
    const storage = new Storage();
    const neighbour = start(storage, 3);
    const subject = start(storage, 2);
    await Promise.all([subject.clock.advance(1), neighbour.clock.advance(1)]);
    neighbour.core.offer(report('mine'));
    // Both are suspended for the night; one of them wakes first.
    for (const { clock } of [subject, neighbour]) clock.wallMs += 8 * 3_600_000;
    await subject.clock.advance(5_000);
    await neighbour.clock.advance(5_000);
    await subject.clock.advance(5_000);
    expect(status(subject)).toMatchObject({ offered: 0 });
  });

  it('gives up what is beyond its budget a few files at a time when it takes over much more', async () => {
    const storage = new Storage();
    const first = start(storage, 1, { spoolBytes: 8_388_608 });
    for (let index = 0; index < 600; index++) first.core.offer(big(index));
    const second = start(storage, 2);
    const readFile = second.disk.readFile.bind(second.disk);
    // So slow that the file is gone before it is read.
    second.disk.readFile = async (path) => {
      for (let turn = 0; turn < 8 && path.includes('-'); turn++) await settle();
      return readFile(path);
    };
    let [removed, most] = [0, 0];
    const [remove, after] = [second.disk.remove.bind(second.disk), second.clock.after.bind(second.clock)];
    second.disk.remove = (path) => {
      most = Math.max(most, ++removed);
      remove(path);
    };
    second.clock.after = (delayMs, call) => {
      removed = 0;
      return after(delayMs, call);
    };
    for (let turn = 0; turn < 200; turn++) await second.clock.advance(1);
    expect([most, storage.bytes < 1_300_000]).toEqual([4, true]);
    expect(second.transport.open?.uids.length).toBeGreaterThan(0);
    expect(second.problems.map(({ code }) => code)).toEqual(['SPOOL_FULL']);
  });

  it('leaves alone what another version wrote', async () => {
    const storage = new Storage();
    start(storage, 1).core.offer(report('a'));
    for (const file of storage.files.values())
      file.bytes = Buffer.from(file.bytes.toString().replace('"format":1', '"format":2'));
    const written = [...storage.files.values()].map(({ bytes }) => bytes.toString());
    const second = start(storage, 2);
    await second.clock.advance(60_000);
    await second.core.close();
    expect(status(second)).toMatchObject({ offered: 0 });
    expect([...storage.files.values()].map(({ bytes }) => bytes.toString())).toEqual(written);
  });

  it('is closed although the transport of a destination throws at it', async () => {
    const transport = {
      send: () => ({ outcome: new Promise<never>(() => undefined), abort: () => undefined }),
      close() {
        throw new Error('broken');
      },
    };
    const broken = { ...simpleDestination(), createTransport: () => transport };
    const subject = start(new Storage(), 2, { destinations: [broken] });
    await subject.core.close();
    expect(subject.core.spoolStatus()).toMatchObject({ state: 'closed' });
  });
});
