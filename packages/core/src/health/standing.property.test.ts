import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Outcome } from './runner.js';
import { firstStanding, type Hysteresis, nextStanding, type Standing } from './standing.js';

type Kind = 'passes' | 'degrades' | 'fails';

const timing = { durationMs: 1, endedAtMs: 1 };

function outcome(kind: Kind): Outcome {
  if (kind === 'passes') return { ok: true, ...timing };
  return { ok: false, degraded: kind === 'degrades', code: 'REFUSED', error: new Error('down'), ...timing };
}

const kinds = fc.array(fc.constantFrom<Kind>('passes', 'degrades', 'fails'), { maxLength: 40 });
const hysteresis = fc.record({ failAfter: fc.integer({ min: 1, max: 4 }), passAfter: fc.integer({ min: 1, max: 4 }) });

/** The standing after each run. */
function standings(runs: readonly Kind[], options: Hysteresis): Standing[] {
  let standing = firstStanding;
  return runs.map((kind) => (standing = nextStanding(standing, outcome(kind), options)));
}

/** How many of the last runs up to this one were of these kinds. */
function streak(runs: readonly Kind[], index: number, ...wanted: Kind[]): number {
  const before = runs.slice(0, index + 1).toReversed();
  const end = before.findIndex((kind) => !wanted.includes(kind));
  return end === -1 ? before.length : end;
}

describe('a standing', () => {
  it('turns down with failAfter failures in a row and never before, and back with passAfter passes in a row', () => {
    fc.assert(
      fc.property(kinds, hysteresis, (runs, options) => {
        let isDown = false;
        for (const [index, { status }] of standings(runs, options).entries()) {
          const failures = streak(runs, index, 'fails');
          const passes = streak(runs, index, 'passes', 'degrades');
          isDown = isDown ? passes < options.passAfter : failures >= options.failAfter;
          expect(status === 'down').toBe(isDown);
        }
      }),
    );
  });

  it('is unknown only as long as no run has passed and too few have failed', () => {
    fc.assert(
      fc.property(kinds, hysteresis, (runs, options) => {
        for (const [index, { status }] of standings(runs, options).entries()) {
          const isUndecided =
            runs.slice(0, index + 1).every((kind) => kind === 'fails') && index + 1 < options.failAfter;
          expect(status === 'unknown').toBe(isUndecided);
        }
      }),
    );
  });

  it('never leaves ok while failures come fewer than failAfter in a row', () => {
    const fewFailures = fc.integer({ min: 2, max: 5 }).chain((failAfter) =>
      fc.record({
        failAfter: fc.constant(failAfter),
        gaps: fc.array(fc.integer({ min: 0, max: failAfter - 1 }), { maxLength: 12 }),
      }),
    );
    fc.assert(
      fc.property(fewFailures, ({ failAfter, gaps }) => {
        const runs = ['passes', ...gaps.flatMap((count) => [...Array<Kind>(count).fill('fails'), 'passes'])] as Kind[];
        const seen = new Set(standings(runs, { failAfter, passAfter: 1 }).map(({ status }) => status));
        expect([...seen]).toEqual(['ok']);
      }),
    );
  });

  it('follows every run when both are 1', () => {
    fc.assert(
      fc.property(kinds, (runs) => {
        const words = { passes: 'ok', degrades: 'degraded', fails: 'down' };
        const seen = standings(runs, { failAfter: 1, passAfter: 1 }).map(({ status }) => status);
        expect(seen).toEqual(runs.map((kind) => words[kind]));
      }),
    );
  });

  it('gives a reason exactly when it is down or degraded, and counts what came in a row', () => {
    fc.assert(
      fc.property(kinds, hysteresis, (runs, options) => {
        for (const [index, { status, code, failures, passes }] of standings(runs, options).entries()) {
          expect(code !== undefined).toBe(status === 'down' || status === 'degraded');
          expect(failures).toBe(streak(runs, index, 'fails'));
          expect(passes).toBe(streak(runs, index, 'passes', 'degrades'));
        }
      }),
    );
  });
});
