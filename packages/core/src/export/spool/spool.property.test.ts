import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { add, names, World, type Process } from '../../../testing/simulated-world.js';
import { settle } from '../../../testing/simulation.js';

const command = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('offer' as const), message: fc.constantFrom('a', 'b', 'c') }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('fill' as const),
      length: fc.integer({ min: 1, max: 16_000 }),
      errors: fc.integer({ min: 1, max: 12 }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('advance' as const), ms: fc.constantFrom(0, 1, 500, 5_000, 36_000) }),
  },
  {
    weight: 5,
    arbitrary: fc.record({ do: fc.constant('answer' as const), status: fc.constantFrom(200, 200, 413, 503) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('exchange' as const),
      statuses: fc.array(fc.constantFrom(200, 200, 413), { minLength: 2, maxLength: 6 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('crash' as const), after: fc.nat(12), isTorn: fc.boolean() }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('start' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('close' as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('fault' as const),
      writes: fc.constantFrom(undefined, 'ENOSPC', 'EROFS', 'EIO'),
      reads: fc.constantFrom(undefined, 'EMFILE'),
    }),
  },
);

async function run(world: World, step: typeof command extends fc.Arbitrary<infer T> ? T : never): Promise<void> {
  const process = world.current;
  switch (step.do) {
    case 'offer':
      return process.offer(step.message);
    case 'fill':
      // Each length is an error of its own, big enough that memory overflows after a few.
      for (let index = 0; index < step.errors; index++)
        process.offer(`${step.length}-${index}`.padEnd(step.length, 'x'));
      return;
    case 'advance':
      return process.clock.advance(step.ms);
    case 'answer':
      return process.answer(step.status);
    case 'exchange':
      for (const status of step.statuses) {
        await process.clock.advance(500);
        await process.answer(status);
      }
      return;
    case 'crash':
      return process.disk.crashAfter(step.after, step.isTorn);
    case 'start':
      return void world.start();
    case 'close': {
      const closed = process.simulation.core.close();
      await process.clock.advance(2_000);
      await closed;
      check(world, process);
      return world.bury(process);
    }
    case 'fault':
      process.disk.faults.writes = step.writes;
      process.disk.faults.reads = step.reads;
  }
}

/** Everything that must hold at every instant. */
function check(world: World, process: Process): void {
  if (process.disk.isGone) return world.bury(process);
  const { core, transports } = process.simulation;
  process.lastStatus = core.status();
  for (const { offered, delivered, rejected, dropped, unconfirmed, queued, spooled } of process.lastStatus) {
    expect(delivered + rejected + dropped + unconfirmed + queued + spooled).toBe(offered);
    expect(Math.min(delivered, dropped, queued, spooled)).toBeGreaterThanOrEqual(0);
  }
  expect(core.spoolStatus()?.bytes).toBeLessThanOrEqual(1_048_576 + 131_072);
  for (const { violations } of transports) expect(violations).toEqual([]);
}

/** Ends all processes but a last one, on a healthy disk, and lets it deliver everything. */
async function comeToRest(world: World): Promise<void> {
  for (const process of world.live) {
    process.disk.crashAfter(-1, false);
    world.bury(process);
  }
  const last = world.start();
  for (let round = 0; round < 400; round++) {
    await last.clock.advance(36_000);
    await last.answer(200);
    check(world, last);
    const isRest = last.lastStatus.every(({ queued, spooled }) => queued + spooled === 0);
    if (isRest && round > 3) break;
  }
  await settle();
  for (const status of last.lastStatus) expect(status).toMatchObject({ queued: 0, spooled: 0 });
  world.bury(last);
}

describe('exporter core with a spool, whatever happens to its processes', () => {
  it('accounts for every report at every instant, and loses none that was on disk but those it counts as dropped', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(command, { maxLength: 60 }), async (commands) => {
        const world = new World();
        for (const step of commands) {
          await run(world, step);
          for (const process of world.live) check(world, process);
        }
        await comeToRest(world);
        for (const name of names) {
          const delivered = new Map<string, number>();
          for (const { message, count } of world.arrived[name]?.values() ?? []) add(delivered, message, count);
          let lost = 0;
          for (const [message, count] of world.acknowledged) lost += Math.max(0, count - (delivered.get(message) ?? 0));
          expect(lost).toBeLessThanOrEqual(world.dropped[name] ?? 0);
          for (const [message, count] of delivered) expect(count).toBeLessThanOrEqual(world.offered.get(message) ?? 0);
        }
      }),
      { numRuns: 300 },
    );
  });
});
