import fc from 'fast-check';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { HealthCheck } from './check.js';
import { createHealth } from './health.js';
import type { ComponentReport, HealthReport } from './report.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

interface Behaviour {
  kind: 'answers' | 'rejects' | 'throws' | 'hangs';
  delayMs: number;
  timeoutMs: number;
  required: boolean;
}

const behaviour: fc.Arbitrary<Behaviour> = fc
  .record({
    kind: fc.constantFrom('answers', 'rejects', 'throws', 'hangs'),
    delayMs: fc.integer({ min: 0, max: 1500 }),
    timeoutMs: fc.integer({ min: 1, max: 800 }),
    required: fc.boolean(),
  })
  .filter(({ delayMs, timeoutMs }) => delayMs !== timeoutMs); // either may win

/** Makes a check of that behaviour which notes how many of its runs overlap. */
function checkOf({ kind, delayMs, ...options }: Behaviour, overlaps: number[]): HealthCheck {
  let underWay = 0;
  return {
    ...options,
    async probe() {
      overlaps.push((underWay += 1));
      try {
        if (kind === 'hangs') await new Promise(() => {});
        await new Promise((resolve) => setTimeout(resolve, delayMs));
        if (kind === 'rejects') throw new Error('down');
      } finally {
        underWay -= 1;
      }
    },
    ...(kind === 'throws' && {
      probe() {
        throw new Error('down');
      },
    }),
  };
}

/** What a check must be reported as, whatever the others do. */
function expected({ kind, delayMs, timeoutMs, required }: Behaviour): Partial<ComponentReport> {
  if (kind === 'throws') return { status: 'down', code: 'EXCEPTION', required };
  if (kind === 'hangs' || delayMs > timeoutMs) return { status: 'down', code: 'TIMEOUT', required };
  return kind === 'answers' ? { status: 'ok', required } : { status: 'down', code: 'EXCEPTION', required };
}

it('answers every probe by the deadline with the result each check has on its own, never running one twice at once', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(behaviour, { maxLength: 6 }),
      fc.array(fc.integer({ min: 0, max: 1000 }), { minLength: 1, maxLength: 8 }),
      async (behaviours, pausesMs) => {
        const overlaps: number[] = [];
        const checks = Object.fromEntries(behaviours.map((each, i) => [`c${i}`, checkOf(each, overlaps)]));
        const health = createHealth({ checks });
        const probes: Promise<{ report: HealthReport; waitedMs: number }>[] = [];
        for (const pauseMs of pausesMs) {
          const startedAtMs = performance.now();
          probes.push(health.check().then((report) => ({ report, waitedMs: performance.now() - startedAtMs })));
          await vi.advanceTimersByTimeAsync(pauseMs);
        }
        await vi.advanceTimersByTimeAsync(5000);
        for (const { report, waitedMs } of await Promise.all(probes)) {
          expect(waitedMs).toBeLessThanOrEqual(800);
          expect(report.checks).toMatchObject(behaviours.map(expected));
          const failed = report.checks.filter(({ status }) => status === 'down');
          expect(report.httpStatus).toBe(failed.some(({ required }) => required) ? 503 : 200);
        }
        expect(Math.max(1, ...overlaps)).toBe(1);
        expect(vi.getTimerCount()).toBe(0);
      },
    ),
    { numRuns: 200 },
  );
});
