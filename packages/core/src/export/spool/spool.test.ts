import { describe, expect, it } from 'vitest';
import { SimulatedDisk, Storage } from '../../../testing/simulated-disk.js';
import { names, World } from '../../../testing/simulated-world.js';
import { FakeClock, report, simpleDestination, simulate, type Simulation } from '../../../testing/simulation.js';
import type { Neighbourhood } from './owner.js';

interface Subject extends Simulation {
  readonly disk: SimulatedDisk;
}

/** A process with a spool; number 1 is dead in the eyes of all others. */
function start(
  storage = new Storage(),
  options: { pid?: number; maxBytes?: number; spoolBytes?: number } = {},
): Subject {
  const clock = new FakeClock();
  const disk = new SimulatedDisk(clock, storage);
  const { pid = 1, maxBytes = 131_072, spoolBytes = 1_048_576 } = options;
  const we: Neighbourhood = { host: 'h', pid, isAlive: (other) => other > 1 };
  const spool = { directory: '/spool', maxBytes: spoolBytes };
  return { ...simulate({ clock, disk, we, maxBytes, spool }), disk };
}

const status = ({ core }: Simulation): ReturnType<Simulation['core']['status']>[number] => {
  const [first] = core.status();
  if (first === undefined) throw new Error('there is no destination');
  return first;
};

const big = (index: number): ReturnType<typeof report> => report(`${index}`.padEnd(8_000, 'x'));

describe('spool', () => {
  it('touches no disk before the first error', async () => {
    const storage = new Storage();
    await start(storage).clock.advance(60_000);
    expect([storage.files.size, storage.directories.size]).toEqual([0, 0]);
  });

  it('has an error on disk before the call returns', () => {
    const storage = new Storage();
    start(storage).core.offer(report('kept'));
    const [bytes] = [...storage.files].filter(([path]) => path.endsWith('.jsonl')).map(([, file]) => file.bytes);
    expect(bytes?.toString()).toContain('"message":"kept"');
  });

  it('removes what is delivered, and leaves nothing behind when it is closed', async () => {
    const storage = new Storage();
    const subject = start(storage);
    for (let index = 0; index < 40; index++) subject.core.offer(big(index));
    while (status(subject).queued + status(subject).spooled > 0) {
      await subject.clock.advance(500);
      await subject.transport.answer(200);
    }
    expect(status(subject)).toMatchObject({ offered: 40, delivered: 40 });
    expect(storage.bytes).toBeLessThan(140_000);
    await subject.core.close();
    expect([...storage.files.keys(), ...storage.directories.keys()]).toEqual(['/spool']);
  });

  it.each([0, 1, 2, 3])(
    'sends nothing again when it dies while it removes what is delivered, after %i files',
    async (after) => {
      const storage = new Storage();
      const first = start(storage);
      first.core.offer(report('delivered'));
      await first.clock.advance(1);
      await first.transport.answer(200);
      const closed = first.core.close();
      first.disk.crashAfter(after, false);
      await closed;
      const second = start(storage, { pid: 2 });
      await second.clock.advance(1);
      expect(second.transport.sent).toEqual([]);
      expect(status(second)).toMatchObject({ offered: 0 });
    },
  );

  it('keeps newer errors on disk alone when memory is full, and delivers all in their order', async () => {
    const subject = start();
    for (let index = 0; index < 40; index++) subject.core.offer(big(index));
    expect(status(subject)).toMatchObject({ offered: 40, dropped: 0 });
    expect(status(subject).spooled).toBeGreaterThan(20);
    const messages: string[] = [];
    while (status(subject).queued + status(subject).spooled > 0) {
      await subject.clock.advance(500);
      messages.push(...subject.transport.sent.slice(messages.length === 0 ? 0 : -1).flatMap(({ uids }) => uids));
      await subject.transport.answer(200);
    }
    expect(new Set(messages).size).toBe(40);
    expect(messages).toEqual(messages.toSorted());
  });

  it('folds repeats of what is on disk alone', async () => {
    const subject = start();
    for (let index = 0; index < 30; index++) subject.core.offer(big(index));
    for (let index = 0; index < 100; index++) subject.core.offer(report('again'));
    expect(status(subject)).toMatchObject({ offered: 130, dropped: 0 });
    while (status(subject).queued + status(subject).spooled > 0) {
      await subject.clock.advance(500);
      await subject.transport.answer(200);
    }
    expect(status(subject)).toMatchObject({ delivered: 130 });
    expect(subject.transport.sent.flatMap(({ uids }) => uids)).toHaveLength(31);
  });

  it('leaves at close what could not be sent, and the next process delivers it', async () => {
    const storage = new Storage();
    const first = start(storage);
    first.core.offer(report('left'));
    await first.clock.advance(1);
    await first.transport.fail('ECONNREFUSED');
    const closed = first.core.close();
    await first.clock.advance(1);
    await first.transport.fail('ECONNREFUSED');
    await closed;
    expect(status(first)).toMatchObject({ state: 'closed', dropped: 0, queued: 0, spooled: 1 });
    const second = start(storage, { pid: 2 });
    await second.clock.advance(1);
    expect(second.transport.sent.flatMap(({ uids }) => uids)).toEqual(first.transport.sent[0]?.uids);
    await second.transport.answer(200);
    expect(status(second)).toMatchObject({ offered: 1, delivered: 1, spooled: 0 });
    expect(second.core.spoolStatus()).toMatchObject({ recovered: 1, damaged: 0, bytes: 0 });
  });

  it('lets exactly one of several processes take over', async () => {
    const storage = new Storage();
    start(storage, { pid: 1 }).core.offer(report('orphan'));
    const heirs = [2, 3, 4].map((pid) => start(storage, { pid }));
    await Promise.all(heirs.map(({ clock }) => clock.advance(1)));
    expect(heirs.map((heir) => status(heir).offered).filter((offered) => offered > 0)).toEqual([1]);
  });

  it('sends what it took over in turns with what happens now', async () => {
    const storage = new Storage();
    const first = start(storage, { pid: 1, maxBytes: 1e6 });
    for (let index = 0; index < 300; index++) first.core.offer(report(`old ${index}`));
    const second = start(storage, { pid: 2 });
    second.core.offer(report('new 0'));
    for (let turn = 1; turn < 6; turn++) {
      await second.clock.advance(500);
      second.core.offer(report(`new ${turn}`));
      await second.transport.answer(200);
    }
    expect(second.transport.sent.map(({ uids }) => uids.length)).toEqual([1, 128, 2, 128, 2]);
  });

  it('gives up the oldest file when the budget is spent, and counts what was in it', async () => {
    const storage = new Storage();
    const subject = start(storage);
    for (let index = 0; index < 400; index++) subject.core.offer(big(index));
    expect(storage.bytes).toBeLessThan(1_048_576 + 200_000);
    expect(subject.problems).toMatchObject([{ code: 'SPOOL_FULL' }]);
    const { dropped, queued, spooled, reasons } = status(subject);
    expect(dropped).toBeGreaterThan(200);
    expect([dropped + queued + spooled, reasons]).toEqual([400, { spool_full: dropped }]);
    while (status(subject).queued + status(subject).spooled > 0) {
      await subject.clock.advance(500);
      await subject.transport.answer(200);
    }
    expect(status(subject)).toMatchObject({ delivered: 400 - dropped, dropped });
  });

  it('keeps to the budget with what it takes over', async () => {
    const storage = new Storage();
    const first = start(storage, { pid: 1, spoolBytes: 8_388_608 });
    for (let index = 0; index < 400; index++) first.core.offer(big(index));
    const second = start(storage, { pid: 2 });
    await second.clock.advance(0);
    expect(storage.bytes).toBeLessThan(1_048_576 + 200_000);
    const { offered, dropped, spooled, queued } = status(second);
    expect([offered, dropped + spooled + queued]).toEqual([400, 400]);
  });

  it('takes over once what it cannot tidy up, and delivers it', async () => {
    const storage = new Storage();
    const first = start(storage, { pid: 1, spoolBytes: 8_388_608 });
    for (let index = 0; index < 200; index++) first.core.offer(big(index));
    const second = start(storage, { pid: 2 });
    second.disk.remove = () => {
      throw Object.assign(new Error('read-only'), { code: 'EROFS' });
    };
    await second.clock.advance(20_000);
    expect(status(second)).toMatchObject({ offered: 200, dropped: 0 });
    for (let batch = 0; batch < 100 && status(second).delivered < 200; batch++) {
      await second.transport.answer(200);
      await second.clock.advance(500);
    }
    expect(status(second)).toMatchObject({ offered: 200, delivered: 200 });
  });

  it.each(['ENOSPC', 'EROFS', 'EIO', 'EMFILE', 'EDQUOT', 'EACCES'])(
    'waits in memory while the disk says %s, tells so once, and comes back',
    async (code) => {
      const subject = start();
      subject.core.offer(report('before'));
      subject.disk.faults.writes = code;
      subject.core.offer(report('meanwhile'));
      subject.core.offer(report('meanwhile too'));
      expect(subject.core.spoolStatus()).toMatchObject({ state: 'degraded', lastError: { code } });
      expect(status(subject)).toMatchObject({ offered: 3, queued: 3, dropped: 0 });
      subject.disk.faults.writes = undefined;
      subject.clock.skip(30_000);
      subject.core.offer(report('after'));
      expect(subject.core.spoolStatus()).toMatchObject({ state: 'active' });
      expect(subject.problems.map((problem) => [problem.exporter, problem.code])).toEqual([
        ['spool', code],
        ['spool', 'RECOVERED'],
      ]);
      await subject.clock.advance(1);
      await subject.transport.answer(200);
      expect(status(subject)).toMatchObject({ delivered: 4 });
    },
  );

  it('drops the oldest when the disk fails and memory is full', () => {
    const subject = start();
    subject.disk.faults.writes = 'ENOSPC';
    for (let index = 0; index < 40; index++) subject.core.offer(big(index));
    const { dropped, queued, reasons } = status(subject);
    expect(dropped).toBeGreaterThan(20);
    expect([dropped + queued, reasons]).toEqual([40, { queue_full: dropped }]);
  });

  it('leaves a disk alone that holds up the application', () => {
    const subject = start();
    subject.core.offer(report('first'));
    subject.disk.faults.writeMs = 200;
    for (let index = 0; index < 10; index++) subject.core.offer(report(`slow ${index}`));
    expect(subject.clock.monotonicMs()).toBe(800);
    expect(subject.core.spoolStatus()).toMatchObject({ state: 'degraded', lastError: { code: 'SLOW_DISK' } });
    expect(status(subject)).toMatchObject({ queued: 11, dropped: 0 });
  });

  it('waits for nobody to save how far a destination has come, and at the end not for ever', async () => {
    const storage = new Storage();
    const subject = start(storage);
    const saved: string[] = [];
    subject.disk.writeFile = (path) => {
      saved.push(path);
      return new Promise(() => undefined);
    };
    for (const message of ['a', 'b', 'c']) {
      subject.core.offer(report(message));
      await subject.clock.advance(500);
      await subject.transport.answer(200);
    }
    expect([status(subject).delivered, saved.length]).toEqual([3, 1]);
    let isClosed = false;
    void subject.core.close().then(() => (isClosed = true));
    await subject.clock.advance(199);
    expect(isClosed).toBe(false);
    await subject.clock.advance(1);
    expect(isClosed).toBe(true);
  });

  it('tries again later what cannot be read now', async () => {
    const storage = new Storage();
    start(storage, { pid: 1 }).core.offer(report('orphan'));
    const second = start(storage, { pid: 2 });
    second.disk.faults.reads = 'EMFILE';
    await second.clock.advance(4_000);
    expect(status(second)).toMatchObject({ offered: 0 });
    delete second.disk.faults.reads;
    await second.clock.advance(5_000);
    await second.transport.answer(200);
    expect(status(second)).toMatchObject({ offered: 1, delivered: 1 });
  });

  it('skips what is torn or altered, counts it, and delivers the rest', async () => {
    const storage = new Storage();
    const first = start(storage, { pid: 1 });
    for (const message of ['a', 'b', 'c']) first.core.offer(report(message));
    const file = [...storage.files].find(([path]) => path.endsWith('.jsonl'))?.[1];
    if (file === undefined) throw new Error('nothing was written');
    const text = file.bytes.toString().replace('"message":"a"', '"message":"A"');
    file.bytes = Buffer.from(text.slice(0, -5));
    const second = start(storage, { pid: 2 });
    await second.clock.advance(1);
    await second.transport.answer(200);
    expect(status(second)).toMatchObject({ offered: 1, delivered: 1, spooled: 0 });
    expect(second.core.spoolStatus()).toMatchObject({ recovered: 1, damaged: 2 });
  });

  it('leaves alone what another version wrote, what is no journal, and empty files', async () => {
    const storage = new Storage();
    const first = start(storage, { pid: 1 });
    first.core.offer(report('a'));
    const [path, file] = [...storage.files].find(([name]) => name.endsWith('.jsonl')) ?? [];
    if (path === undefined || file === undefined) throw new Error('nothing was written');
    const folder = path.slice(0, path.lastIndexOf('/'));
    storage.files.set(`${folder}/notes.txt`, { ...file, bytes: Buffer.from('mine') });
    storage.files.set(`${folder}/00000002.jsonl`, { ...file, bytes: Buffer.alloc(0) });
    storage.files.set('/spool/other', { ...file, bytes: Buffer.from('mine') });
    const second = start(storage, { pid: 2 });
    await second.clock.advance(1);
    await second.transport.answer(200);
    expect(status(second)).toMatchObject({ offered: 1, delivered: 1, dropped: 0 });
    expect(storage.files.has('/spool/other')).toBe(true);
  });

  it('keeps what was written for a destination that is not configured any more', async () => {
    const storage = new Storage();
    start(storage, { pid: 1 }).core.offer(report('for simple'));
    const clock = new FakeClock();
    const disk = new SimulatedDisk(clock, storage);
    const we: Neighbourhood = { host: 'h', pid: 2, isAlive: () => false };
    const spool = { directory: '/spool' };
    const other = simulate({ clock, disk, we, spool, destinations: [simpleDestination('other')] });
    await clock.advance(20_000);
    expect(status(other)).toMatchObject({ offered: 0 });
    const third = start(storage, { pid: 3 });
    await third.clock.advance(1);
    expect(status(third)).toMatchObject({ offered: 1 });
  });

  it('begins anew when its directory is removed, and loses nothing that waits in memory', async () => {
    const storage = new Storage();
    const subject = start(storage);
    subject.core.offer(report('before'));
    await subject.clock.advance(1);
    storage.files.clear();
    storage.directories.clear();
    await subject.clock.advance(5_000);
    subject.core.offer(report('after'));
    expect(storage.bytes).toBeGreaterThan(0);
    await subject.transport.answer(200);
    await subject.clock.advance(500);
    await subject.transport.answer(200);
    expect(status(subject)).toMatchObject({ offered: 2, delivered: 2 });
  });

  it('does not read what is known already when it starts with a long backlog', async () => {
    const world = new World();
    const first = world.start();
    for (let index = 0; index < 60; index++) first.offer(`${index}`.padEnd(16_000, 'x'));
    first.disk.crashAfter(-1, false);
    world.bury(first);
    const second = world.start();
    const read: string[] = [];
    const readFile = second.disk.readFile.bind(second.disk);
    second.disk.readFile = (path) => {
      read.push(path);
      return readFile(path);
    };
    await second.clock.advance(1);
    const segments = read.filter((path) => path.endsWith('.jsonl'));
    expect(second.simulation.core.status().map(({ offered }) => offered)).toEqual(names.map(() => 60));
    expect(new Set(segments.filter((path) => path.includes('-'))).size).toBeLessThanOrEqual(1);
  });
});
