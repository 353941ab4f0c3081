import { getEventListeners } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { refused, switchable } from '../../testing/switchable-check.js';
import { ConfigError } from '../errors.js';
import type { HealthCheck } from './check.js';
import { createHealth, type HealthSettings } from './health.js';
import type { HealthChange } from './outage.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

interface Settle {
  resolve(value: unknown): void;
  reject(error: unknown): void;
}

/** A check that answers when told to, and tells how many runs are under way. */
function hanging(): HealthCheck & { runs: number; signals: AbortSignal[]; answer(): void; fail(error: unknown): void } {
  const waiting: Settle[] = [];
  return {
    runs: 0,
    signals: [],
    probe(signal) {
      this.runs += 1;
      this.signals.push(signal);
      return new Promise((resolve, reject) => waiting.push({ resolve, reject }));
    },
    answer: () => waiting.shift()?.resolve(undefined),
    fail: (error) => waiting.shift()?.reject(error),
  };
}

describe('views', () => {
  it('is healthy when every check answers', async () => {
    const health = createHealth({ version: '1.4.0', checks: { db: switchable(), redis: switchable() } });
    expect(await health.check()).toMatchObject({
      view: 'health',
      status: 'healthy',
      httpStatus: 200,
      version: '1.4.0',
      checks: [
        { name: 'db', status: 'ok', required: true },
        { name: 'redis', status: 'ok', required: true },
      ],
    });
  });

  it.each(['health', 'ready'] as const)('fails %s when a required check is down', async (view) => {
    const health = createHealth({ checks: { db: switchable({ probe: () => Promise.reject(refused()) }) } });
    expect(await health.check(view)).toMatchObject({
      status: 'unhealthy',
      httpStatus: 503,
      checks: [{ name: 'db', status: 'down', code: 'REFUSED' }],
    });
  });

  it.each(['health', 'ready'] as const)('only degrades %s when an optional check is down', async (view) => {
    const cache = { required: false, probe: () => Promise.reject(refused()) };
    const health = createHealth({ checks: { db: switchable(), cache } });
    expect(await health.check(view)).toMatchObject({
      status: 'degraded',
      httpStatus: 200,
      checks: [
        { name: 'db', status: 'ok' },
        { name: 'cache', status: 'down', required: false },
      ],
    });
  });

  it('is unhealthy when an optional and a required check are down', async () => {
    const fail = (): never => {
      throw refused();
    };
    const health = createHealth({ checks: { cache: { required: false, probe: fail }, db: fail } });
    expect((await health.check()).status).toBe('unhealthy');
  });

  it('runs no check for the live view', async () => {
    const db = switchable();
    db.down = true;
    const report = await createHealth({ version: '2', checks: { db } }).check('live');
    expect(report).toEqual({ view: 'live', status: 'healthy', httpStatus: 200, version: '2', checks: [] });
    expect(db.runs).toBe(0);
  });

  it('is ready without any check', async () => {
    expect(await createHealth().check('ready')).toMatchObject({ status: 'healthy', httpStatus: 200, checks: [] });
  });

  it('shows a failure and a recovery on the very next probe', async () => {
    const db = switchable();
    const health = createHealth({ checks: { db } });
    const statuses: string[] = [];
    for (const down of [false, true, false, true, false]) {
      db.down = down;
      statuses.push((await health.check()).status);
    }
    expect(statuses).toEqual(['healthy', 'unhealthy', 'healthy', 'unhealthy', 'healthy']);
  });
});

describe('draining', () => {
  it('answers 503 for ready and health at once, and stays alive', async () => {
    const db = switchable();
    const health = createHealth({ checks: { db } });
    health.drain();
    expect(await health.check('ready')).toMatchObject({ status: 'draining', httpStatus: 503 });
    expect(await health.check('health')).toMatchObject({ status: 'draining', httpStatus: 503 });
    expect(await health.check('live')).toMatchObject({ status: 'healthy', httpStatus: 200 });
  });

  it('asks no dependency any more, because it may be closing', async () => {
    const db = switchable();
    const health = createHealth({ checks: { db } });
    health.drain();
    await health.check();
    expect(db.runs).toBe(0);
  });

  it('reaches a report that was under way', async () => {
    const db = hanging();
    const health = createHealth({ checks: { db } });
    const report = health.check('ready');
    health.drain();
    db.answer();
    expect(await report).toMatchObject({ status: 'draining', httpStatus: 503 });
  });
});

describe('one run at a time', () => {
  it('serves 200 probes of three views by one run of each check', async () => {
    const db = hanging();
    const health = createHealth({ checks: { db } });
    const views = ['health', 'ready', 'live'] as const;
    const reports = Array.from({ length: 200 }, (_, i) => health.check(views[i % 3]));
    db.answer();
    expect((await Promise.all(reports)).every(({ httpStatus }) => httpStatus === 200)).toBe(true);
    expect(db.runs).toBe(1);
  });

  it('runs a check once that stands under two names', async () => {
    const db = switchable();
    const report = await createHealth({ checks: { reads: db, writes: db } }).check();
    expect(report.checks.map(({ name }) => name)).toEqual(['reads', 'writes']);
    expect(db.runs).toBe(1);
  });

  it('starts no faster than a slow check can answer', async () => {
    const db = hanging();
    const health = createHealth({ checks: { db } });
    for (let elapsedMs = 0; elapsedMs < 3000; elapsedMs += 40) {
      void health.check();
      if (elapsedMs % 300 === 280) db.answer();
      await vi.advanceTimersByTimeAsync(40);
    }
    expect(db.runs).toBeLessThanOrEqual(3000 / 300 + 1);
  });
});

describe('deadline', () => {
  it('gives a check 500 ms', async () => {
    const report = createHealth({ checks: { db: hanging() } }).check();
    await vi.advanceTimersByTimeAsync(500);
    expect((await report).checks).toMatchObject([{ status: 'down', code: 'TIMEOUT', durationMs: 500 }]);
  });

  it('lets no check have more than 800 ms, whatever the number of checks', async () => {
    const checks = Object.fromEntries(
      Array.from({ length: 20 }, (_, i) => [`c${i}`, { ...hanging(), timeoutMs: 800 }]),
    );
    const report = createHealth({ checks }).check();
    await vi.advanceTimersByTimeAsync(800);
    expect((await report).checks.every(({ code }) => code === 'TIMEOUT')).toBe(true);
  });

  it('counts the time that another check kept the event loop busy', async () => {
    let nowMs = 0;
    const delays: number[] = [];
    const clock = {
      now: () => nowMs,
      monotonicMs: () => nowMs,
      after: (delayMs: number, call: () => void) => {
        delays.push(delayMs);
        queueMicrotask(call);
        return { cancel: () => {} };
      },
    };
    const busy = (): void => void (nowMs += 700);
    await createHealth({ clock, checks: { busy, db: hanging() } }).check();
    expect(delays).toEqual([500, 100]);
  });

  it('fits the default time of a check into a shorter deadline', async () => {
    const report = createHealth({ deadlineMs: 100, checks: { db: hanging() } }).check();
    await vi.advanceTimersByTimeAsync(100);
    expect((await report).checks).toMatchObject([{ code: 'TIMEOUT', durationMs: 100 }]);
  });

  it('aborts the signal of a check that hangs', async () => {
    const db = hanging();
    const report = createHealth({ checks: { db } }).check();
    expect(db.signals[0]?.aborted).toBe(false);
    await vi.advanceTimersByTimeAsync(500);
    await report;
    expect(db.signals[0]?.aborted).toBe(true);
    expect(db.signals[0]?.reason).toMatchObject({ code: 'TIMEOUT', message: 'no answer within 500 ms' });
  });

  it('does not ask a hung check again, and says TIMEOUT at once instead', async () => {
    const db = hanging();
    const health = createHealth({ checks: { db } });
    void health.check();
    await vi.advanceTimersByTimeAsync(500);
    for (let probe = 0; probe < 10; probe += 1) {
      expect((await health.check()).checks).toMatchObject([{ status: 'down', code: 'TIMEOUT' }]);
    }
    expect(db.runs).toBe(1);
  });

  it.each(['answers', 'fails'])('asks again once the hung run %s after all', async (how) => {
    const db = hanging();
    const health = createHealth({ checks: { db } });
    void health.check();
    await vi.advanceTimersByTimeAsync(60_000);
    if (how === 'answers') db.answer();
    else db.fail(new Error('too late'));
    await vi.advanceTimersByTimeAsync(0);
    const report = health.check();
    db.answer();
    expect((await report).status).toBe('healthy');
    expect(db.runs).toBe(2);
  });

  it('leaves no timer behind, and no listener on a signal', async () => {
    const db = hanging();
    const report = createHealth({ checks: { db, cache: switchable() } }).check();
    expect(vi.getTimerCount()).toBe(2);
    db.answer();
    await report;
    expect(vi.getTimerCount()).toBe(0);
    expect(db.signals.flatMap((signal) => getEventListeners(signal, 'abort'))).toEqual([]);
  });
});

describe('hostile checks', () => {
  const hostile: [string, HealthCheck['probe'], string][] = [
    [
      'throws synchronously',
      () => {
        throw refused();
      },
      'REFUSED',
    ],
    ['rejects with undefined', () => Promise.reject(undefined), 'EXCEPTION'],
    [
      'returns what throws when it is looked at',
      () =>
        new Proxy(
          {},
          {
            get() {
              throw refused();
            },
          },
        ),
      'REFUSED',
    ],
    ['never settles', () => new Promise(() => {}), 'TIMEOUT'],
  ];

  it.each(hostile)('leaves the other results intact when one %s', async (_how, probe, code) => {
    const report = createHealth({ checks: { before: switchable(), bad: probe, after: switchable() } }).check();
    await vi.advanceTimersByTimeAsync(800);
    expect((await report).checks).toMatchObject([
      { name: 'before', status: 'ok' },
      { name: 'bad', status: 'down', code },
      { name: 'after', status: 'ok' },
    ]);
  });

  it.each([[undefined], [false], [{ status: 'down' }], [Symbol('garbage')]])(
    'takes %s as an answer',
    async (answer) => {
      expect((await createHealth({ checks: { odd: () => answer } }).check()).status).toBe('healthy');
    },
  );

  it('swallows what is thrown after the time is up', async () => {
    const unhandled = vi.fn<() => void>();
    process.on('unhandledRejection', unhandled);
    const db = hanging();
    const report = createHealth({ checks: { db } }).check();
    await vi.advanceTimersByTimeAsync(500);
    await report;
    db.fail(new Error('late'));
    vi.useRealTimers();
    await new Promise((resolve) => setImmediate(resolve)); // Node reports unhandled rejections after the microtasks
    process.off('unhandledRejection', unhandled);
    expect(unhandled).not.toHaveBeenCalled();
  });
});

describe('reasons', () => {
  it("keeps the driver's own error, out of sight of whoever prints the report", async () => {
    const error = Object.assign(new Error('postgres://u:p@10.0.0.1/x'), { address: '10.0.0.1', code: '28P01' });
    const report = await createHealth({ checks: { db: () => Promise.reject(error) } }).check();
    expect(report.checks[0]?.error).toBe(error);
    expect(JSON.stringify(report)).not.toMatch(/u:p@|10\.0\.0\.1/);
  });
});

describe('changes', () => {
  function watched(options: Pick<HealthSettings, 'checks'>): {
    changes: HealthChange[];
    health: ReturnType<typeof createHealth>;
  } {
    const changes: HealthChange[] = [];
    return { changes, health: createHealth({ ...options, onChange: (change) => changes.push(change) }) };
  }

  it('tells an outage once and its end once, however many probes see it', async () => {
    const db = switchable({ required: false });
    const { changes, health } = watched({ checks: { db } });
    await health.check();
    db.down = true;
    for (let probe = 0; probe < 1000; probe += 1) await health.check(probe % 2 ? 'health' : 'ready');
    vi.advanceTimersByTime(90_000);
    db.down = false;
    await Promise.all([health.check(), health.check()]);
    expect(changes).toEqual([
      { name: 'db', required: false, status: 'down', code: 'REFUSED', error: refused() },
      { name: 'db', required: false, status: 'ok', outageMs: 90_000 },
    ]);
  });

  it('tells nothing of a check that was ok from the start', async () => {
    const { changes, health } = watched({ checks: { db: switchable() } });
    await health.check();
    expect(changes).toEqual([]);
  });

  it('tells a hanging check once', async () => {
    const { changes, health } = watched({ checks: { db: hanging() } });
    for (let probe = 0; probe < 5; probe += 1) {
      void health.check();
      await vi.advanceTimersByTimeAsync(500);
    }
    expect(changes).toMatchObject([{ status: 'down', code: 'TIMEOUT' }]);
  });

  it.each([
    [
      'throws',
      () => {
        throw new Error('listener');
      },
    ],
    ['rejects', (): unknown => Promise.reject(new Error('listener'))],
  ])('is not changed by a listener that %s', async (_how, onChange) => {
    const db = switchable();
    db.down = true;
    const health = createHealth({ checks: { db, cache: switchable() }, onChange });
    expect((await health.check()).checks).toMatchObject([{ status: 'down' }, { status: 'ok' }]);
    db.down = false;
    expect((await health.check()).status).toBe('healthy');
  });
});

describe('set-up mistakes', () => {
  const check = switchable();
  const mistakes: [string, () => unknown, string, RegExp][] = [
    ['a reserved name', () => createHealth({ checks: { status: check } }), 'health.checks.status', /reserved/],
    ['a name with a colon', () => createHealth({ checks: { 'db:time': check } }), 'health.checks', /got "db:time"$/],
    ['an empty name', () => createHealth({ checks: { '': check } }), 'health.checks', /got ""$/],
    ['an unprintable name', () => createHealth({ checks: { 'a\u0007': check } }), 'health.checks', /printable ASCII/],
    [
      'a check that is none',
      () => createHealth({ checks: { db: {} as HealthCheck } }),
      'health.checks.db',
      /a check or/,
    ],
    ['checks that are an array', () => createHealth({ checks: [check] as never }), 'health.checks', /an object/],
    ['an endless deadline', () => createHealth({ deadlineMs: Infinity }), 'health.deadlineMs', /from 1 to 60000/],
    [
      'a limit beyond the deadline',
      () => createHealth({ checks: { db: { ...check, timeoutMs: 801 } } }),
      'health.checks.db.timeoutMs',
      /from 1 to 800, got 801$/,
    ],
    [
      'a word for required',
      () => createHealth({ checks: { db: { ...check, required: 'no' as never } } }),
      'health.checks.db.required',
      /true or false, got "no"$/,
    ],
    ['a listener that is none', () => createHealth({ onChange: 'log' as never }), 'health.onChange', /a function/],
  ];

  it.each(mistakes)('refuses %s', (_what, mistake, option, message) => {
    expect(mistake).toThrow(ConfigError);
    expect(mistake).toThrow(
      expect.objectContaining({ code: 'INVALID_OPTION', option, message: expect.stringMatching(message) }),
    );
  });

  it.each(['version', '__proto__', 'constructor', 'prototype'])('refuses a check named %s', (name) => {
    expect(() => createHealth().register(name, check)).toThrow(ConfigError);
  });

  it('refuses a second check under one name, but takes the same one again', async () => {
    const health = createHealth({ checks: { db: check } });
    health.register('db', check);
    expect(() => health.register('db', switchable())).toThrow('health.checks.db must be registered once');
    expect((await health.check()).checks).toHaveLength(1);
  });

  it('does not show what was given in place of a check', () => {
    const pool = { options: { password: 'hunter2' } };
    expect(() => createHealth({ checks: { db: pool as never } })).toThrow(
      expect.objectContaining({
        message: 'health.checks.db must be a check or a function, got "object"',
        received: '"object"',
      }),
    );
  });
});
