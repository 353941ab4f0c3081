import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { report, settle, simpleDestination, simulate, type Simulation } from '../../testing/simulation.js';

const verdicts = [
  { kind: 'accepted' },
  { kind: 'retry' },
  { kind: 'retry', maxAttempts: 2 },
  { kind: 'auth' },
  { kind: 'too-big' },
  { kind: 'rejected', separable: true },
  { kind: 'rejected', separable: false },
  { kind: 'partial', rejected: 1, unconfirmed: 0 },
  { kind: 'partial', rejected: 0, unconfirmed: 1 },
  { kind: 'partial', rejected: 9, unconfirmed: 9 },
] as const;

const shared = new Error('shared');

const command = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constant('offer' as const), message: fc.constantFrom('a', 'b', 'c', 'd', 'e') }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('offer error' as const), isShared: fc.boolean() }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('offer big' as const), length: fc.integer({ min: 1, max: 30_000 }) }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('advance' as const), ms: fc.constantFrom(0, 1, 499, 500, 30_000, 36_000) }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('answer' as const),
      which: fc.nat(2),
      verdict: fc.constantFrom(...verdicts),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('fail' as const),
      which: fc.nat(2),
      code: fc.constantFrom('TIMEOUT', 'ECONNRESET'),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('flush' as const) }) },
);

async function run(
  simulation: Simulation,
  step: typeof command extends fc.Arbitrary<infer T> ? T : never,
): Promise<void> {
  const { core, clock, transports } = simulation;
  switch (step.do) {
    case 'offer':
      return core.offer(report(step.message));
    case 'offer error':
      return core.offer(report('error', { error: step.isShared ? shared : new Error('own') }));
    case 'offer big':
      return core.offer(report('x'.repeat(step.length)));
    case 'advance':
      return clock.advance(step.ms);
    case 'answer':
      return transports[step.which]?.answer(200, JSON.stringify(step.verdict));
    case 'fail':
      return transports[step.which]?.fail(step.code);
    case 'flush':
      void core.flush({ timeoutMs: 100 });
  }
}

/** Everything that must hold at every instant. */
function check({ core, transports }: Simulation, offeredBefore: number): number {
  for (const status of core.status()) {
    const { offered, delivered, rejected, dropped, unconfirmed, queued, spooled, reasons } = status;
    expect(delivered + rejected + dropped + unconfirmed + queued + spooled).toBe(offered);
    expect(Math.min(delivered, rejected, dropped, unconfirmed, queued)).toBeGreaterThanOrEqual(0);
    expect(Object.values(reasons).reduce((sum, count) => sum + count, 0)).toBe(rejected + dropped + unconfirmed);
    expect(offered).toBeGreaterThanOrEqual(offeredBefore);
  }
  for (const { violations } of transports) expect(violations).toEqual([]);
  for (const { sent } of transports.slice(0, 2)) {
    const gapsMs = sent.slice(1).map(({ atMs }, index) => atMs - (sent[index]?.atMs ?? 0));
    expect(Math.min(500, ...gapsMs)).toBe(500);
  }
  // This one gets a batch as requests in a row.
  expect(transports[2]?.sent.filter(({ uids }) => uids.length !== 1)).toEqual([]);
  return core.status()[0]?.offered ?? 0;
}

describe('exporter core, whatever happens', () => {
  it('accounts for every report at every instant, and comes to rest', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(command, { maxLength: 60 }), fc.boolean(), async (commands, closes) => {
        const simulation = simulate({
          destinations: [
            simpleDestination('one'),
            simpleDestination('two'),
            { ...simpleDestination('single'), maxEntriesPerRequest: 1 },
          ],
          maxBytes: 196_608,
        });
        const { core, clock, transports } = simulation;
        let offered = 0;
        for (const step of commands) {
          await run(simulation, step);
          offered = check(simulation, offered);
        }
        if (closes) {
          const closed = core.close();
          await clock.advance(2_000);
          await closed;
          core.offer(report('late'));
        } else {
          for (let round = 0; round < 200 && core.status().some(({ queued }) => queued > 0); round++) {
            await clock.advance(36_000);
            for (const transport of transports) await transport.answer(200);
          }
          await settle();
          check(simulation, offered);
        }
        for (const { offered: all, delivered, rejected, dropped, unconfirmed, queued } of core.status()) {
          expect(queued).toBe(0);
          expect(delivered + rejected + dropped + unconfirmed).toBe(all);
        }
      }),
      { numRuns: 150 },
    );
  });
});
