import { describe, expect, it } from 'vitest';
import { SimulatedDisk, Storage } from '../../../testing/simulated-disk.js';
import { FakeClock, report, simulate, type Simulation } from '../../../testing/simulation.js';

interface Subject extends Simulation {
  readonly disk: SimulatedDisk;
}

/** A process with a spool, of whose calls to the disk one fails; those with a smaller number are dead in its eyes. */
function start(storage: Storage, pid: number, fault?: { call: number; code: string }): Subject {
  const clock = new FakeClock();
  const disk = new SimulatedDisk(clock, storage);
  if (fault !== undefined) disk.failCall(fault.call, fault.code);
  const we = { host: 'h', pid, isAlive: (other: number) => other >= pid };
  const spool = { directory: '/spool', maxBytes: 8_388_608 };
  return { ...simulate({ clock, disk, we, maxBytes: 131_072, spool }), disk };
}

/** The books, which must add up whenever they are looked at. */
function books({ core }: Simulation): ReturnType<Simulation['core']['status']>[number] {
  const [status] = core.status();
  if (status === undefined) throw new Error('there is no destination');
  const { offered, delivered, rejected, dropped, unconfirmed, queued, spooled } = status;
  expect(delivered + rejected + dropped + unconfirmed + queued + spooled).toBe(offered);
  return status;
}

const big = (index: number): ReturnType<typeof report> => report(`${index}`.padEnd(8_000, 'x'));

/** Lets everything leave; gives the uids in the order in which they were taken. */
async function deliver(subject: Subject): Promise<string[]> {
  const uids: string[] = [];
  for (let round = 0; round < 300; round++) {
    await subject.clock.advance(5_000);
    uids.push(...(subject.transport.open?.uids ?? []));
    await subject.transport.answer(200);
    const { queued, spooled } = books(subject);
    if (queued + spooled === 0 && round > 5) break;
  }
  return uids;
}

/** More than memory holds, offered in two parts with a batch in between. */
async function live(subject: Subject): Promise<string[]> {
  for (let index = 0; index < 30; index++) subject.core.offer(big(index));
  const uids = await deliver(subject);
  for (let index = 30; index < 60; index++) subject.core.offer(big(index));
  uids.push(...(await deliver(subject)));
  await subject.core.close();
  books(subject);
  return uids;
}

async function callsOf(life: (subject: Subject) => Promise<unknown>, begin: () => Subject): Promise<number> {
  const subject = begin();
  await life(subject);
  return subject.disk.calls;
}

describe('a disk of which one call fails', () => {
  it.each(['ENOSPC', 'EIO'])(
    'loses nothing but what memory has no room for, and counts that, whichever call fails with %s',
    async (code) => {
      const calls = await callsOf(live, () => start(new Storage(), 1));
      expect(calls).toBeGreaterThan(60);
      for (let call = 0; call < calls; call++) {
        const subject = start(new Storage(), 1, { call, code });
        const uids = await live(subject);
        const { offered, delivered, dropped, reasons } = books(subject);
        expect([call, offered, new Set(uids).size, delivered]).toEqual([call, 60, delivered, 60 - dropped]);
        expect(reasons).toEqual(dropped === 0 ? {} : { queue_full: dropped });
      }
    },
  );

  it.each(['EIO', 'EMFILE', 'EACCES'])(
    'keeps nothing from who takes over, whichever call fails with %s',
    async (code) => {
      const leave = (): Storage => {
        const storage = new Storage();
        const first = start(storage, 1);
        for (let index = 0; index < 60; index++) first.core.offer(big(index));
        return storage;
      };
      const calls = await callsOf(deliver, () => start(leave(), 2));
      expect(calls).toBeGreaterThan(10);
      for (let call = 0; call < calls; call++) {
        const heir = start(leave(), 2, { call, code });
        const uids = await deliver(heir);
        const { offered, delivered, dropped } = books(heir);
        expect([call, offered, delivered, dropped, new Set(uids).size]).toEqual([call, 60, 60, 0, 60]);
      }
    },
  );
});
