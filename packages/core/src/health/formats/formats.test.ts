import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createHealth, type Health } from '../health.js';
import type { HealthReport } from '../report.js';
import { chooseFormat, formats } from './choice.js';
import type { Printing } from './format.js';

beforeEach(() => void vi.useFakeTimers({ now: Date.parse('2026-09-21T10:00:00.000Z') }));
afterEach(() => void vi.useRealTimers());

const open: Printing = {
  hasDetails: true,
  isVerbose: true,
  uptimeSeconds: 8123.44,
  nowMs: Date.parse('2026-09-21T10:00:30Z'),
};
const closed: Printing = { ...open, hasDetails: false, isVerbose: false };

const secret = (): Error =>
  Object.assign(new Error('connect ECONNREFUSED postgres://u:p@10.0.0.1/x'), {
    code: 'ECONNREFUSED',
    address: '10.0.0.1',
  });

/** A service with a check of every state, 30 seconds after the first of them. */
async function service(): Promise<Health> {
  vi.setSystemTime('2026-09-21T10:00:00.000Z');
  const busy = Object.assign(new Error('no connection of 10.0.0.1 is free'), { code: 'OVERLOADED', degraded: true });
  const health = createHealth({
    version: '0.57.0',
    checks: {
      db: () => {},
      pool: () => Promise.reject(busy),
      redis: { required: false, probe: () => Promise.reject(secret()), target: 'redis://u:p@10.0.0.1' },
      queue: { required: false, pollEveryMs: 100_000, failAfter: 2, probe: () => Promise.reject(secret()) },
      flags: { probe: () => {}, enabled: false },
    },
  });
  await vi.advanceTimersByTimeAsync(0);
  await health.check();
  await vi.advanceTimersByTimeAsync(30_000);
  return health;
}

async function print(name: string, printing: Printing): Promise<string> {
  const health = await service();
  const report = await health.check();
  health.drain();
  return chooseFormat(name, undefined).print(report, printing);
}

const since = '2026-09-21T10:00:00.000Z';
const checkedAt = '2026-09-21T10:00:30.000Z';

describe('a format', () => {
  it('flat is one level of words, with details or without', async () => {
    const body =
      '{"status":"degraded","db":"ok","pool":"degraded","redis":"down","queue":"unknown","flags":"disabled","version":"0.57.0"}';
    expect(await print('flat', closed)).toBe(body);
    expect(await print('flat', open)).toBe(body);
  });

  it('ietf has a list of one item for each check, the reason of the whole, and the release as releaseId', async () => {
    expect(JSON.parse(await print('ietf', closed))).toEqual({
      status: 'warn',
      releaseId: '0.57.0',
      output: 'degraded: 3 of 5 checks not ok',
      checks: {
        'db:responseTime': [{ componentType: 'component', status: 'pass' }],
        'pool:responseTime': [{ componentType: 'component', status: 'warn', output: 'OVERLOADED' }],
        'redis:responseTime': [{ componentType: 'component', status: 'fail', output: 'REFUSED' }],
        'queue:responseTime': [{ componentType: 'component', status: 'fail' }],
        'flags:responseTime': [{ componentType: 'component', status: 'pass', disabled: true }],
      },
    });
  });

  it('ietf adds how long, since when and how often for whom may see it', async () => {
    expect(JSON.parse(await print('ietf', open))).toMatchObject({
      checks: {
        'db:responseTime': [{ observedValue: 0, observedUnit: 'ms', status: 'pass', time: checkedAt, since }],
        'redis:responseTime': [{ status: 'fail', output: 'REFUSED', since, consecutiveFailures: 2 }],
        'process:uptime': [
          { componentType: 'system', observedValue: 8123.4, observedUnit: 's', status: 'pass', time: checkedAt },
        ],
      },
    });
  });

  it('ietf has no output when all is well', async () => {
    const report = await createHealth({ checks: { db: () => {} } }).check();
    expect(JSON.parse(chooseFormat('ietf', undefined).print(report, closed))).toEqual({
      status: 'pass',
      checks: { 'db:responseTime': [{ componentType: 'component', status: 'pass' }] },
    });
  });

  it('spring is UP with the components as Actuator has them', async () => {
    expect(JSON.parse(await print('spring', closed))).toEqual({
      status: 'UP',
      components: {
        db: { status: 'UP' },
        pool: { status: 'UP', details: { code: 'OVERLOADED' } },
        redis: { status: 'DOWN', details: { code: 'REFUSED' } },
        queue: { status: 'UNKNOWN' },
        flags: { status: 'UNKNOWN' },
      },
    });
    expect(JSON.parse(await print('spring', open))).toMatchObject({
      components: { db: { details: { responseTimeMs: 0, since, checkedAt, consecutiveFailures: 0 } } },
    });
  });

  it('terminus keeps info, error and details, empty ones too', async () => {
    const redis = { status: 'down', message: 'REFUSED' };
    const info = { db: { status: 'up' }, pool: { status: 'degraded', message: 'OVERLOADED' }, flags: { status: 'up' } };
    const error = { redis, queue: { status: 'down' } };
    expect(JSON.parse(await print('terminus', closed))).toEqual({
      status: 'degraded',
      info,
      error,
      details: { ...info, ...error },
    });
    const report = await createHealth().check();
    expect(JSON.parse(chooseFormat('terminus', undefined).print(report, closed))).toEqual({
      status: 'ok',
      info: {},
      error: {},
      details: {},
    });
  });

  it('microprofile is a list of checks, those that are switched off left out', async () => {
    expect(JSON.parse(await print('microprofile', closed))).toEqual({
      status: 'UP',
      checks: [
        { name: 'db', status: 'UP' },
        { name: 'pool', status: 'UP', data: { code: 'OVERLOADED' } },
        { name: 'redis', status: 'DOWN', data: { code: 'REFUSED' } },
        { name: 'queue', status: 'DOWN' },
      ],
    });
  });

  it('dotnet has an entry with duration, description and tags for each check', async () => {
    const { status, totalDuration, entries } = JSON.parse(await print('dotnet', closed)) as Record<string, object>;
    expect({ status, totalDuration }).toEqual({ status: 'Degraded', totalDuration: '00:00:00.0000000' });
    expect(entries).toMatchObject({
      redis: {
        data: {},
        description: 'REFUSED',
        duration: '00:00:00.0000000',
        status: 'Unhealthy',
        tags: ['optional'],
      },
      db: { status: 'Healthy', tags: ['required'] },
    });
    const slow = createHealth({ checks: { db: () => new Promise((resolve) => setTimeout(resolve, 504)) } });
    const report = slow.check();
    await vi.advanceTimersByTimeAsync(504);
    const slowReport = await report;
    const durations = [open, closed].map((printing) => {
      const printed = chooseFormat('dotnet', undefined).print(slowReport, printing);
      return (JSON.parse(printed) as { totalDuration: string }).totalDuration;
    });
    expect(durations).toEqual(['00:00:00.5000000', '00:00:00.0000000']);
  });

  it('text is one word, and with verbose a line for each check', async () => {
    expect(await print('text', closed)).toBe('degraded\n');
    expect(await print('text', { ...closed, isVerbose: true })).toBe(
      [
        '[+]db ok',
        '[+]pool degraded: OVERLOADED',
        '[-]redis down: REFUSED',
        '[-]queue unknown',
        '[+]flags disabled',
        'health check passed: degraded',
        '',
      ].join('\n'),
    );
    expect(await print('text', open)).toContain(`[-]redis down: REFUSED (0 ms, since ${since}, 2 failed in a row)\n`);
  });

  it('openmetrics gives a gauge for the view and each check, and ends as it must', async () => {
    expect(await print('openmetrics', closed)).toBe(
      [
        '# TYPE health_status gauge',
        '# HELP health_status Health of the service: 1 healthy, 0.5 degraded, 0 neither.',
        'health_status{endpoint="health"} 0.5',
        '# TYPE health_check_status gauge',
        '# HELP health_check_status State of a check: 1 ok, 0.5 degraded, 0 down.',
        'health_check_status{name="db",required="true"} 1',
        'health_check_status{name="pool",required="true"} 0.5',
        'health_check_status{name="redis",required="false"} 0',
        '# EOF',
        '',
      ].join('\n'),
    );
    expect(await print('openmetrics', open)).toContain('health_check_duration_seconds{name="db",required="true"} 0\n');
  });

  it('openmetrics escapes what a name may hold', async () => {
    const report = await createHealth({ checks: { 'a"b\\c': () => {} } }).check();
    expect(chooseFormat('openmetrics', undefined).print(report, closed)).toContain(
      '{name="a\\"b\\\\c",required="true"} 1',
    );
  });
});

describe('every format', () => {
  it.each(formats.map((format) => [format.name, format] as const))(
    '%s tells no error text, host or credential',
    async (_, format) => {
      const health = await service();
      for (const view of ['health', 'live', 'ready', 'startup'] as const) {
        const report = await health.check(view);
        for (const printing of [open, closed])
          expect(format.print(report, printing)).not.toMatch(/u:p|10\.0\.0\.1|postgres:|Error/);
      }
      health.drain();
    },
  );

  const statuses: [HealthReport['status'], 200 | 503, Record<string, string>][] = [
    [
      'healthy',
      200,
      { flat: 'healthy', ietf: 'pass', spring: 'UP', terminus: 'ok', microprofile: 'UP', dotnet: 'Healthy' },
    ],
    [
      'degraded',
      200,
      { flat: 'degraded', ietf: 'warn', spring: 'UP', terminus: 'degraded', microprofile: 'UP', dotnet: 'Degraded' },
    ],
    [
      'unhealthy',
      503,
      { flat: 'unhealthy', ietf: 'fail', spring: 'DOWN', terminus: 'error', microprofile: 'DOWN', dotnet: 'Unhealthy' },
    ],
    [
      'starting',
      503,
      {
        flat: 'starting',
        ietf: 'fail',
        spring: 'OUT_OF_SERVICE',
        terminus: 'error',
        microprofile: 'DOWN',
        dotnet: 'Unhealthy',
      },
    ],
    [
      'draining',
      503,
      {
        flat: 'draining',
        ietf: 'fail',
        spring: 'OUT_OF_SERVICE',
        terminus: 'shutting_down',
        microprofile: 'DOWN',
        dotnet: 'Unhealthy',
      },
    ],
  ];

  it.each(statuses)('has its word for %s', (status, httpStatus, words) => {
    const report: HealthReport = { view: 'ready', status, httpStatus, checks: [] };
    for (const [name, word] of Object.entries(words))
      expect(JSON.parse(chooseFormat(name, undefined).print(report, closed))).toMatchObject({ status: word });
    expect(chooseFormat('text', undefined).print(report, closed)).toBe(`${status}\n`);
  });
});

describe('the choice of a format', () => {
  const choices: [string | null, string | undefined, string][] = [
    [null, undefined, 'flat'],
    [null, '*/*', 'flat'],
    [null, 'application/json', 'flat'],
    [null, 'application/health+json', 'ietf'],
    [null, 'Application/Health+JSON; charset=utf-8', 'ietf'],
    [null, 'application/vnd.spring-boot.actuator.v3+json', 'spring'],
    [null, 'text/plain', 'text'],
    [null, 'text/*', 'text'],
    [null, 'application/*', 'flat'],
    [null, 'application/openmetrics-text; version=1.0.0', 'openmetrics'],
    [null, 'application/json, text/plain, */*', 'flat'],
    [null, '*/*, application/health+json', 'ietf'],
    [null, 'application/health+json;q=0.4, application/json;q=0.6', 'flat'],
    [null, 'application/health+json;q=0, */*;q=0.1', 'flat'],
    [null, 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', 'flat'],
    [null, 'application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.3,*/*;q=0.1', 'openmetrics'],
    [null, 'application/health+json;q=0', 'flat'],
    [null, 'image/png', 'flat'],
    [null, '', 'flat'],
    [null, ',;q=,;;/', 'flat'],
    [null, 'application/health+json;q=high', 'ietf'],
    [null, `application/health+json,${'a/b,'.repeat(1000)}`, 'flat'],
    ['terminus', 'application/health+json', 'terminus'],
    ['openmetrics', undefined, 'openmetrics'],
    ['xml', undefined, 'flat'],
    ['xml', 'text/plain', 'text'],
    ['constructor', undefined, 'flat'],
  ];

  it.each(choices)('for ?format=%s and Accept: %s is the one they ask for', (named, accept, expected) => {
    expect(chooseFormat(named, accept).name).toBe(expected);
  });
});
