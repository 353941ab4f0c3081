import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { refused, switchable } from '../../testing/switchable-check.js';
import { ConfigError } from '../errors.js';
import type { Clock } from '../internal/clock.js';
import { systemClock } from '../internal/clock.js';
import type { HealthCheck } from './check.js';
import { createHealth, type Health } from './health.js';
import type { HealthChange } from './outage.js';
import type { HealthReport } from './report.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A check that never answers, and counts its runs. */
function hanging(options: Partial<HealthCheck> = {}): HealthCheck & { runs: number } {
  const check = {
    runs: 0,
    probe() {
      check.runs += 1;
      return new Promise(() => {});
    },
    ...options,
  };
  return check;
}

/** What each of the probes sees of the only check, one after another. */
async function statuses(health: Health, check: { down: boolean }, runs: string): Promise<string[]> {
  const seen = [];
  for (const run of runs) {
    check.down = run === 'x';
    seen.push((await health.check()).checks[0]?.status ?? '');
  }
  return seen;
}

describe('lifetimes', () => {
  it('keep a good result for cacheMs and not a moment longer', async () => {
    const db = switchable({ cacheMs: 1000, failureCacheMs: 100 });
    const health = createHealth({ checks: { db } });
    await health.check();
    db.down = true;
    await vi.advanceTimersByTimeAsync(999);
    expect((await health.check()).status).toBe('healthy');
    await vi.advanceTimersByTimeAsync(1);
    expect((await health.check()).status).toBe('unhealthy');
    expect(db.runs).toBe(2);
  });

  it('keep a bad result for failureCacheMs alone, so that a recovery shows soon', async () => {
    const db = switchable({ cacheMs: 60_000, failureCacheMs: 100 });
    const health = createHealth({ checks: { db } });
    db.down = true;
    await health.check();
    db.down = false;
    await vi.advanceTimersByTimeAsync(99);
    expect((await health.check()).status).toBe('unhealthy');
    await vi.advanceTimersByTimeAsync(1);
    expect((await health.check()).status).toBe('healthy');
  });

  it('start no more runs of a slow check than fit one after another', async () => {
    const check = { runs: 0, cacheMs: 100, probe: () => (check.runs++, new Promise((done) => setTimeout(done, 300))) };
    const health = createHealth({ checks: { check } });
    for (let elapsedMs = 0; elapsedMs < 3000; elapsedMs += 40) {
      void health.check();
      await vi.advanceTimersByTimeAsync(40);
    }
    expect(check.runs).toBeLessThanOrEqual(Math.ceil(3000 / 300) + 1);
    expect(check.runs).toBeGreaterThan(5);
  });

  it('are not moved by a wall clock that jumps', async () => {
    const db = switchable({ cacheMs: 1000 });
    const health = createHealth({ checks: { db } });
    await health.check();
    for (const jumpMs of [86_400_000, -2 * 86_400_000]) {
      vi.setSystemTime(Date.now() + jumpMs);
      await health.check();
    }
    expect(db.runs).toBe(1);
  });
});

describe('hysteresis', () => {
  it('leaves a check that fails now and then ok with failAfter 2', async () => {
    const db = switchable({ failAfter: 2 });
    expect(await statuses(createHealth({ checks: { db } }), db, '.x.x.x.')).toEqual(Array(7).fill('ok'));
  });

  it('takes a check down with the second failure in a row, and back with the second success in a row', async () => {
    const db = switchable({ failAfter: 2, passAfter: 2 });
    expect(await statuses(createHealth({ checks: { db } }), db, '.xx.x..x.')).toEqual([
      'ok',
      'ok',
      'down',
      'down',
      'down',
      'down',
      'ok',
      'ok',
      'ok',
    ]);
  });

  it('is starting, not unhealthy, until the first failures have decided', async () => {
    const db = switchable({ failAfter: 2 });
    db.down = true;
    const health = createHealth({ checks: { db } });
    expect(await health.check('ready')).toMatchObject({ status: 'starting', checks: [{ status: 'unknown' }] });
    expect(await health.check('ready')).toMatchObject({ status: 'unhealthy', checks: [{ status: 'down' }] });
  });

  it('counts runs and not probes, so that a second prober does not halve it', async () => {
    const db = switchable({ failAfter: 2 });
    const health = createHealth({ checks: { db } });
    await health.check();
    db.down = true;
    await Promise.all(Array.from({ length: 20 }, (_, i) => health.check(i % 2 ? 'health' : 'ready')));
    expect((await health.check('live')).status).toBe('healthy');
    expect(db.runs).toBe(2);
    expect((await health.check()).status).toBe('unhealthy');
  });

  it('counts no result that was kept', async () => {
    const db = switchable({ failAfter: 2, failureCacheMs: 1000 });
    const health = createHealth({ checks: { db } });
    await health.check();
    db.down = true;
    for (let probe = 0; probe < 10; probe += 1) await health.check();
    expect((await health.check()).status).toBe('healthy');
    await vi.advanceTimersByTimeAsync(1000);
    expect((await health.check()).status).toBe('unhealthy');
  });

  it('takes a check down that hangs for good, though it runs once only', async () => {
    const db = hanging({ failAfter: 3 });
    const health = createHealth({ checks: { db } });
    const seen = [];
    for (let probe = 0; probe < 4; probe += 1) {
      const report = health.check();
      await vi.advanceTimersByTimeAsync(500);
      seen.push((await report).checks[0]?.status);
    }
    // each 500 ms without an answer is one more failure, as if it had been asked again
    expect(seen).toEqual(['unknown', 'unknown', 'unknown', 'down']);
    expect(db.runs).toBe(1);
  });
});

describe('a check that is asked in the background', () => {
  /** A clock whose timers can be made to do nothing, as those of a process that is stopped. */
  function freezable(): Clock & { frozen: boolean } {
    const clock = {
      ...systemClock,
      frozen: false,
      after: (delayMs: number, call: () => void) => systemClock.after(delayMs, () => clock.frozen || call()),
    };
    return clock;
  }

  it('is asked every pollEveryMs, and never by a probe', async () => {
    const db = switchable({ pollEveryMs: 1000 });
    const health = createHealth({ checks: { db }, random: () => 0.5 });
    await vi.advanceTimersByTimeAsync(0);
    for (let probe = 0; probe < 50; probe += 1) expect((await health.check()).status).toBe('healthy');
    expect(db.runs).toBe(1);
    db.down = true;
    await vi.advanceTimersByTimeAsync(1000);
    expect((await health.check()).status).toBe('unhealthy');
    await vi.advanceTimersByTimeAsync(8000);
    expect(db.runs).toBe(10);
    health.drain();
  });

  it.each([
    [0, 800],
    [1, 1200],
  ])('pauses within 20 %% of it: random %d gives %d ms', async (random, pauseMs) => {
    const db = switchable({ pollEveryMs: 1000 });
    const health = createHealth({ checks: { db }, random: () => random });
    await vi.advanceTimersByTimeAsync(pauseMs - 1);
    expect(db.runs).toBe(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(db.runs).toBe(2);
    health.drain();
  });

  it('answers a probe at once while a run hangs, and is never run twice', async () => {
    const db = hanging({ pollEveryMs: 1000 });
    const health = createHealth({ checks: { db } });
    await vi.advanceTimersByTimeAsync(60_000);
    const before = performance.now();
    expect((await health.check()).checks).toMatchObject([{ status: 'down', code: 'TIMEOUT' }]);
    expect(performance.now()).toBe(before);
    expect(db.runs).toBe(1);
    health.drain();
  });

  it.each([
    ['three times pollEveryMs', undefined, 3000],
    ['staleAfterMs', 1500, 1500],
  ])('is unknown when its last result is older than %s, and never an old ok', async (_what, staleAfterMs, ageMs) => {
    const clock = freezable();
    const db = switchable({ pollEveryMs: 1000, ...(staleAfterMs !== undefined && { staleAfterMs }) });
    const health = createHealth({ checks: { db }, clock });
    await vi.advanceTimersByTimeAsync(0);
    clock.frozen = true;
    await vi.advanceTimersByTimeAsync(ageMs);
    expect((await health.check('ready')).status).toBe('healthy');
    await vi.advanceTimersByTimeAsync(1);
    expect(await health.check('ready')).toMatchObject({
      status: 'unhealthy',
      httpStatus: 503,
      checks: [{ status: 'unknown' }],
    });
    health.drain();
  });

  it('may take longer than any probe waits', async () => {
    const slow = {
      pollEveryMs: 1000,
      timeoutMs: 5000,
      probe: () => new Promise((resolve) => setTimeout(resolve, 4000)),
    };
    const health = createHealth({ checks: { slow } });
    expect((await health.check()).status).toBe('starting');
    await vi.advanceTimersByTimeAsync(4000);
    expect((await health.check()).status).toBe('healthy');
    health.drain();
  });

  it('only degrades when it is stale and optional', async () => {
    const clock = freezable();
    const health = createHealth({ checks: { db: switchable({ required: false, pollEveryMs: 1000 }) }, clock });
    await vi.advanceTimersByTimeAsync(0);
    clock.frozen = true;
    await vi.advanceTimersByTimeAsync(10 * 60_000);
    expect(await health.check()).toMatchObject({ status: 'degraded', checks: [{ status: 'unknown' }] });
    health.drain();
  });

  it('is asked no more while it is disabled, nor once the service drains', async () => {
    let enabled = true;
    const db = switchable({ pollEveryMs: 1000, enabled: () => enabled });
    const health = createHealth({ checks: { db }, random: () => 0.5 });
    await vi.advanceTimersByTimeAsync(1000);
    expect(db.runs).toBe(2);
    enabled = false;
    await vi.advanceTimersByTimeAsync(5000);
    expect(db.runs).toBe(2);
    enabled = true;
    await vi.advanceTimersByTimeAsync(1000);
    expect(db.runs).toBe(3);
    health.drain();
    await vi.advanceTimersByTimeAsync(5000);
    expect(db.runs).toBe(3);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('is asked no more after a drain that came in the middle of a run', async () => {
    let answer: (value?: unknown) => void = () => {};
    const db = { runs: 0, pollEveryMs: 1000, probe: () => (db.runs++, new Promise((resolve) => (answer = resolve))) };
    const health = createHealth({ checks: { db } });
    await vi.advanceTimersByTimeAsync(0);
    health.drain();
    answer();
    await vi.advanceTimersByTimeAsync(5000);
    expect(db.runs).toBe(1);
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('onDown and onUp', () => {
  it('are called once each, on the edge that failAfter and passAfter make', async () => {
    const changes: HealthChange[] = [];
    const told = (change: HealthChange): void => void changes.push(change);
    const db = switchable({ required: false, failAfter: 2, passAfter: 2, onDown: told, onUp: told });
    const health = createHealth({ checks: { redis: db } });
    for (const run of '.x.xxx.x..') {
      db.down = run === 'x';
      await health.check();
      await vi.advanceTimersByTimeAsync(1000);
    }
    expect(changes).toEqual([
      { name: 'redis', required: false, status: 'down', code: 'REFUSED', error: refused() },
      // from the first of the failures that took it down, at 3 s, to the second success in a row, at 9 s
      { name: 'redis', required: false, status: 'ok', outageMs: 6000 },
    ]);
  });

  it('are called once for a check that stands under two names', async () => {
    const onDown = vi.fn<() => void>();
    const db = switchable({ onDown });
    db.down = true;
    const told: string[] = [];
    const health = createHealth({ checks: { reads: db, writes: db }, onChange: ({ name }) => told.push(name) });
    await health.check();
    expect(onDown).toHaveBeenCalledTimes(1);
    expect(told).toEqual(['reads', 'writes']);
  });

  it.each([
    [
      'throws',
      (): never => {
        throw new Error('limiter');
      },
    ],
    ['rejects', (): unknown => Promise.reject(new Error('limiter'))],
    ['never returns to the point', (): unknown => new Promise(() => {})],
  ])('change no answer and hold up none when one %s', async (_how, onDown) => {
    const db = switchable({ onDown: onDown as () => void });
    db.down = true;
    const health = createHealth({ checks: { db, cache: switchable() } });
    expect((await health.check()).checks).toMatchObject([{ status: 'down' }, { status: 'ok' }]);
  });
});

describe('many probes', () => {
  it('of three views make one run of each check, and each is answered within 900 ms though every check hangs', async () => {
    const checks = Object.fromEntries(
      Array.from({ length: 5 }, (_, i) => [
        `c${i}`,
        hanging({ timeoutMs: 800, kind: 'process', effects: { live: 'fail' } }),
      ]),
    );
    const health = createHealth({ checks });
    const views = ['health', 'ready', 'live'] as const;
    const probes = Array.from({ length: 200 }, async (_, i): Promise<[HealthReport, number]> => {
      const startedAtMs = performance.now();
      return [await health.check(views[i % 3]), performance.now() - startedAtMs];
    });
    await vi.advanceTimersByTimeAsync(10_000);
    const answers = await Promise.all(probes);
    expect(Math.max(...answers.map(([, waitedMs]) => waitedMs))).toBeLessThanOrEqual(900);
    expect(answers.every(([{ httpStatus }]) => httpStatus === 503)).toBe(true);
    expect(answers.every(([{ checks }]) => checks.every(({ code }) => code === 'TIMEOUT'))).toBe(true);
    expect(Object.values(checks).map(({ runs }) => runs)).toEqual([1, 1, 1, 1, 1]);
  });

  it('of a check that hangs leave one run alive and nothing behind: 10 000 of them', async () => {
    const db = hanging();
    const health = createHealth({ checks: { db } });
    const probe = async (count: number): Promise<void> => {
      for (let i = 0; i < count; i += 1) {
        const report = health.check(i % 2 ? 'health' : 'ready');
        await vi.advanceTimersByTimeAsync(i === 0 ? 500 : 10);
        expect((await report).httpStatus).toBe(503);
      }
    };
    await probe(10_000);
    expect(db.runs).toBe(1);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('of a check that hangs leave the heap as it was: 10 000 of them', async () => {
    vi.useRealTimers();
    setFlagsFromString('--expose-gc');
    const collectGarbage = runInNewContext('gc') as () => void;
    const health = createHealth({ checks: { db: hanging({ timeoutMs: 10 }) } });
    const heapAfter = async (probes: number): Promise<number> => {
      for (let i = 0; i < probes; i += 1) await health.check(i % 2 ? 'health' : 'ready');
      // What was collected may have something to clean up, which is garbage then itself.
      for (let turn = 0; turn < 3; turn += 1) {
        collectGarbage();
        await new Promise((resolve) => setImmediate(resolve));
      }
      return process.memoryUsage().heapUsed;
    };
    let before = await heapAfter(10_000);
    const grownBy: number[] = [];
    for (let round = 0; round < 3; round += 1) {
      const after = await heapAfter(10_000);
      grownBy.push(after - before);
      before = after;
    }
    // A leak grows in every round, by at least an object for each probe; what is compiled and optimised does so once.
    expect(Math.min(...grownBy)).toBeLessThan(100_000);
  });
});

describe('set-up mistakes', () => {
  const mistakes: [string, Partial<HealthCheck>, string, RegExp][] = [
    ['a lifetime below zero', { cacheMs: -1 }, 'cacheMs', /from 0 to 86400000, got -1$/],
    ['a lifetime that is no number', { failureCacheMs: '1s' as never }, 'failureCacheMs', /got "1s"$/],
    ['no failure at all', { failAfter: 0 }, 'failAfter', /from 1 to 100, got 0$/],
    ['half a success', { passAfter: 0.5 }, 'passAfter', /from 1 to 100/],
    ['polling without a pause', { pollEveryMs: 0 }, 'pollEveryMs', /from 100 to/],
    [
      'a stale result that is younger than a poll',
      { pollEveryMs: 1000, staleAfterMs: 999 },
      'staleAfterMs',
      /from 1000/,
    ],
    [
      'a wait in the background that has no end',
      { pollEveryMs: 1000, timeoutMs: 60_001 },
      'timeoutMs',
      /from 1 to 60000/,
    ],
    ['staleness without polling', { staleAfterMs: 1000 }, 'staleAfterMs', /left out without pollEveryMs/],
    ['a listener that is none', { onDown: 'off' as never }, 'onDown', /a function/],
    ['a word for enabled', { enabled: 'no' as never }, 'enabled', /true, false or a function/],
    ['a kind that is none', { kind: 'database' as never }, 'kind', /'dependency', 'process'/],
    ['a target that is no text', { target: { password: 'hunter2' } as never }, 'target', /a text, got "object"$/],
  ];

  it.each(mistakes)('refuse %s', (_what, options, option, message) => {
    const attempt = (): Health => createHealth({ checks: { db: { probe: () => {}, ...options } } });
    expect(attempt).toThrow(ConfigError);
    expect(attempt).toThrow(
      expect.objectContaining({ option: `health.checks.db.${option}`, message: expect.stringMatching(message) }),
    );
  });

  it('start no poll of a check whose neighbour is refused', () => {
    const db = switchable({ pollEveryMs: 1000 });
    expect(() => createHealth({ checks: { db, status: () => {} } })).toThrow(ConfigError);
    expect(vi.getTimerCount()).toBe(0);
  });
});
