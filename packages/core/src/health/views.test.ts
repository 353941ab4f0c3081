import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ConfigError } from '../errors.js';
import type { HealthCheck } from './check.js';
import type { CheckEffects, HealthView } from './effects.js';
import { createHealth, type Health } from './health.js';
import type { HealthStatus } from './report.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const refused = (): Error => Object.assign(new Error('connect ECONNREFUSED 10.0.0.1:5432'), { code: 'ECONNREFUSED' });

/** A check that fails while `down` is set, and counts its runs. */
function switchable(options: Partial<HealthCheck> = {}): HealthCheck & { down: unknown; runs: number } {
  const check = {
    down: undefined as unknown,
    runs: 0,
    probe() {
      check.runs += 1;
      if (check.down !== undefined) throw check.down;
    },
    ...options,
  };
  return check;
}

function downCheck(options: Partial<HealthCheck> = {}): ReturnType<typeof switchable> {
  return Object.assign(switchable(options), { down: refused() });
}

const views: readonly HealthView[] = ['health', 'live', 'ready', 'startup'];

/** What every view answers. */
async function answers(health: Health): Promise<Record<HealthView, HealthStatus>> {
  const entries = [];
  for (const view of views) entries.push([view, (await health.check(view)).status] as const);
  return Object.fromEntries(entries) as Record<HealthView, HealthStatus>;
}

describe('the effects of a check that is down', () => {
  const rows: [string, Partial<HealthCheck>, Record<HealthView, HealthStatus>][] = [
    ['required', {}, { health: 'unhealthy', live: 'healthy', ready: 'unhealthy', startup: 'healthy' }],
    ['optional', { required: false }, { health: 'degraded', live: 'healthy', ready: 'degraded', startup: 'healthy' }],
    [
      'shared by all instances',
      { effects: { ready: 'degrade' } },
      { health: 'unhealthy', live: 'healthy', ready: 'degraded', startup: 'healthy' },
    ],
    [
      'for the eyes of the overall view alone',
      { effects: { health: 'degrade', ready: 'ignore' } },
      { health: 'degraded', live: 'healthy', ready: 'healthy', startup: 'healthy' },
    ],
    [
      'allowed to end the process',
      { effects: { live: 'fail', allow: true } },
      { health: 'unhealthy', live: 'unhealthy', ready: 'unhealthy', startup: 'healthy' },
    ],
    [
      'about the process itself',
      { kind: 'process', effects: { live: 'fail', ready: 'ignore', health: 'ignore' } },
      { health: 'healthy', live: 'unhealthy', ready: 'healthy', startup: 'healthy' },
    ],
    [
      'waited for at the start',
      { required: false, effects: { startup: 'fail' } },
      { health: 'starting', live: 'healthy', ready: 'starting', startup: 'starting' },
    ],
    [
      'refusing the start',
      { required: false, effects: { startup: 'refuse' } },
      { health: 'starting', live: 'healthy', ready: 'starting', startup: 'starting' },
    ],
    [
      'mentioned at the start',
      { required: false, effects: { startup: 'degrade' } },
      { health: 'degraded', live: 'healthy', ready: 'degraded', startup: 'degraded' },
    ],
  ];

  it.each(rows)('are those of a check %s', async (_what, options, expected) => {
    expect(await answers(createHealth({ checks: { it: downCheck(options), other: () => {} } }))).toEqual(expected);
  });

  it.each(rows)('are foretold by simulate() for a check %s', (_what, options, expected) => {
    const health = createHealth({ checks: { it: switchable(options), other: () => {} } });
    const told = health.simulate({ it: 'down' });
    // A simulated service has started, but for its startup view.
    const hasStarted = expected.startup === 'starting' ? { health: 'degraded', ready: 'degraded' } : {};
    const statuses = Object.fromEntries(views.map((view) => [view, told[view].status]));
    expect(statuses).toEqual({ ...expected, ...hasStarted });
    for (const view of views)
      expect(told[view].httpStatus).toBe(/^(healthy|degraded)$/.test(told[view].status) ? 200 : 503);
  });

  it('leave a check that a view ignores unasked and unshown', async () => {
    const audit = downCheck({ effects: { ready: 'ignore' } });
    const health = createHealth({ checks: { audit } });
    expect(await health.check('ready')).toMatchObject({ status: 'healthy', checks: [] });
    expect(await health.check('live')).toMatchObject({ status: 'healthy', checks: [] });
    expect(audit.runs).toBe(0);
  });

  it('keep traffic coming while the overall view fails, at the same instant', async () => {
    const health = createHealth({ checks: { db: downCheck({ effects: { ready: 'degrade' } }) } });
    const reports = await Promise.all([health.check('ready'), health.check('health')]);
    expect(reports.map(({ status, httpStatus }) => [status, httpStatus])).toEqual([
      ['degraded', 200],
      ['unhealthy', 503],
    ]);
  });

  it('bleed from no view into another', async () => {
    const checks = { db: downCheck({ effects: { ready: 'degrade' } }), cache: switchable({ required: false }) };
    const alternating = createHealth({ checks });
    for (const view of [...views, ...views.toReversed(), ...views]) {
      const fresh = await createHealth({ checks }).check(view);
      const told = await alternating.check(view);
      const statuses = told.checks.map(({ name, status, effect }) => ({ name, status, effect }));
      expect({ ...told, checks: statuses }).toEqual({
        ...fresh,
        checks: fresh.checks.map(({ name, status, effect }) => ({ name, status, effect })),
      });
    }
  });
});

describe('effects that cannot be', () => {
  const mistakes: [string, CheckEffects, string, RegExp][] = [
    [
      'a dependency with a say in live',
      { live: 'fail' },
      'live',
      /'ignore' for a dependency.*restart every instance.*allow/,
    ],
    ['a dependency that degrades live', { live: 'degrade' }, 'live', /allow: true/],
    ['refusing anything but the start', { ready: 'refuse' as never }, 'ready', /'fail', 'degrade', 'ignore'/],
    ['an effect that is none', { health: 'warn' as never }, 'health', /got "warn"/],
    ['a word for allow', { allow: 'yes' as never }, 'allow', /true or false/],
  ];

  it.each(mistakes)('are refused: %s', (_what, effects, view, message) => {
    const attempt = (): Health => createHealth({ checks: { db: switchable({ effects }) } });
    expect(attempt).toThrow(ConfigError);
    expect(attempt).toThrow(
      expect.objectContaining({ option: `health.checks.db.effects.${view}`, message: expect.stringMatching(message) }),
    );
  });

  it('are refused for a view that is none', () => {
    const effects = { readiness: 'fail' } as CheckEffects;
    expect(() => createHealth({ checks: { db: switchable({ effects }) } })).toThrow(
      /one of 'health', 'live'.*"readiness"/,
    );
  });
});

describe('starting', () => {
  it('is never said by an application that waits for nothing, from its first probe on', async () => {
    expect(await answers(createHealth())).toEqual({
      health: 'healthy',
      live: 'healthy',
      ready: 'healthy',
      startup: 'healthy',
    });
    expect((await createHealth({ checks: { db: switchable() } }).check('ready')).httpStatus).toBe(200);
  });

  it('ends for good with the first probe of any view that finds all that the start waits for', async () => {
    const db = downCheck({ effects: { startup: 'fail' } });
    const health = createHealth({ checks: { db } });
    expect(await health.check('ready')).toMatchObject({ status: 'starting', httpStatus: 503 });
    expect(await health.check('live')).toMatchObject({ status: 'healthy', httpStatus: 200 });
    db.down = undefined;
    expect(await health.check('ready')).toMatchObject({ status: 'healthy', httpStatus: 200 });
    db.down = refused();
    expect(await health.check('ready')).toMatchObject({ status: 'unhealthy', httpStatus: 503 });
    expect(await health.check('startup')).toMatchObject({ status: 'healthy', httpStatus: 200 });
  });

  it('holds ready back for a check that only the startup looks at', async () => {
    const warmUp = downCheck({ effects: { health: 'ignore', ready: 'ignore', startup: 'fail' } });
    const health = createHealth({ checks: { warmUp } });
    expect(await health.check('ready')).toMatchObject({ status: 'starting', checks: [] });
    expect(await health.check('startup')).toMatchObject({ status: 'starting', checks: [{ name: 'warmUp' }] });
    warmUp.down = undefined;
    expect((await health.check('ready')).status).toBe('healthy');
    const runs = warmUp.runs;
    await health.check('ready');
    expect(warmUp.runs).toBe(runs);
  });

  it('is said before the first result of a check that is asked in the background', async () => {
    const db = { probe: () => new Promise(() => {}), pollEveryMs: 1000 };
    const health = createHealth({ checks: { db } });
    expect(await health.check('ready')).toMatchObject({
      status: 'starting',
      httpStatus: 503,
      checks: [{ status: 'unknown' }],
    });
    expect(await health.check('live')).toMatchObject({ status: 'healthy', httpStatus: 200 });
    health.drain();
  });
});

describe('states of a check', () => {
  it('is degraded, with 200, when it says that it works though not as it should', async () => {
    const pool = switchable();
    pool.down = Object.assign(new Error('all 10 connections are busy'), { code: 'OVERLOADED', degraded: true });
    const health = createHealth({ checks: { pool } });
    expect(await health.check('ready')).toMatchObject({
      status: 'degraded',
      httpStatus: 200,
      checks: [{ status: 'degraded', code: 'OVERLOADED' }],
    });
    pool.down = refused();
    expect(await health.check('ready')).toMatchObject({ status: 'unhealthy', httpStatus: 503 });
  });

  it.each([
    ['false', false],
    ['a function that says false', (): boolean => false],
  ])('is disabled, and not asked, while enabled is %s', async (_what, enabled) => {
    const redis = downCheck({ enabled });
    const health = createHealth({ checks: { redis } });
    expect(await health.check()).toMatchObject({ status: 'healthy', checks: [{ name: 'redis', status: 'disabled' }] });
    expect(redis.runs).toBe(0);
  });

  it('is asked when the function that should say whether throws', async () => {
    const enabled = (): boolean => {
      throw new Error('flags are not loaded');
    };
    expect((await createHealth({ checks: { redis: downCheck({ enabled }) } }).check()).status).toBe('unhealthy');
  });
});

describe('draining', () => {
  it('leaves live at 200 even when a check of its own has gone down meanwhile', async () => {
    const loop = downCheck({ kind: 'process', effects: { live: 'fail' } });
    const health = createHealth({ checks: { loop } });
    health.drain();
    expect(await answers(health)).toEqual({
      health: 'draining',
      live: 'healthy',
      ready: 'draining',
      startup: 'draining',
    });
    expect(loop.runs).toBe(0);
  });
});

describe('explain()', () => {
  it('prints a row for each check and a column for each view', () => {
    const health = createHealth({
      checks: {
        db: switchable({ effects: { startup: 'refuse' }, target: 'postgres://shop:hunter2@db.internal:5432/shop' }),
        redis: switchable({ required: false, pollEveryMs: 5000 }),
      },
    });
    health.drain();
    expect(health.explain()).toBe(
      [
        'check  health   live    ready    startup  asked          target',
        'db     fail     ignore  fail     refuse   on demand      db.internal:5432',
        'redis  degrade  ignore  degrade  ignore   every 5000 ms  -',
      ].join('\n'),
    );
  });
});

describe('simulate()', () => {
  const health = createHealth({ checks: { db: () => {}, redis: { probe: () => {}, required: false } } });

  it('takes what is not named for ok', () => {
    expect(health.simulate({})).toEqual({
      health: { status: 'healthy', httpStatus: 200 },
      live: { status: 'healthy', httpStatus: 200 },
      ready: { status: 'healthy', httpStatus: 200 },
      startup: { status: 'healthy', httpStatus: 200 },
    });
  });

  it.each([
    ['a check that is not registered', { cache: 'down' }, /registered \(db, redis\), got "cache"/],
    ['a state that is none', { db: 'gone' }, /got "gone"/],
  ])('refuses %s', (_what, states, message) => {
    expect(() => health.simulate(states as never)).toThrow(message);
  });
});
