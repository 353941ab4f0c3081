import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { HealthCheck } from './check.js';
import { createHealth } from './health.js';
import { StartupError } from './startup.js';
import { targetOf, withoutCredentials } from './target.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function refusedAt(address: string, port: number): Error {
  const message = `connect ECONNREFUSED postgres://shop:hunter2@${address}:${port}`;
  return Object.assign(new Error(message), { code: 'ECONNREFUSED', address, port });
}

/** A check without which the service must not start. */
function needed(probe: HealthCheck['probe'], options: Partial<HealthCheck> = {}): HealthCheck {
  return { probe, effects: { startup: 'refuse' }, ...options };
}

/** What `ready()` came to, and after how long. */
async function outcomeOf(ready: Promise<void>, waitMs: number): Promise<{ error: unknown; afterMs: number }> {
  const startedAtMs = performance.now();
  const settled = ready.then(
    () => ({ error: undefined, afterMs: performance.now() - startedAtMs }),
    (error: unknown) => ({ error, afterMs: performance.now() - startedAtMs }),
  );
  await vi.advanceTimersByTimeAsync(waitMs);
  return settled;
}

describe('ready()', () => {
  it('resolves at once when nothing refuses the start, though a required check is down', async () => {
    const down = (): Promise<never> => Promise.reject(refusedAt('10.0.0.1', 5432));
    const health = createHealth({ checks: { db: down, search: { probe: down, effects: { startup: 'fail' } } } });
    expect(await outcomeOf(health.ready(), 0)).toEqual({ error: undefined, afterMs: 0 });
  });

  it('resolves as soon as what was missing answers, asking again and again', async () => {
    let attempts = 0;
    const db = needed(() => (++attempts < 5 ? Promise.reject(refusedAt('10.0.0.1', 5432)) : undefined));
    const { error, afterMs } = await outcomeOf(createHealth({ checks: { db } }).ready(), 10_000);
    expect({ error, attempts, afterMs }).toEqual({ error: undefined, attempts: 5, afterMs: 100 + 200 + 400 + 800 });
  });

  it.each([
    ['is refused', () => Promise.reject(refusedAt('10.0.0.1', 5432)), 'REFUSED'],
    ['hangs', () => new Promise(() => {}), 'TIMEOUT'],
  ])('rejects within its time when a check %s', async (_how, probe, code) => {
    const health = createHealth({ checks: { db: needed(probe, { target: 'db.internal:5432' }), other: () => {} } });
    const { error, afterMs } = await outcomeOf(health.ready({ timeoutMs: 3000 }), 10_000);
    expect(error).toBeInstanceOf(StartupError);
    expect(error).toMatchObject({
      code: 'STARTUP_REFUSED',
      message: `the service does not start: within 3000 ms db (db.internal:5432) is down with ${code}`,
      missing: [{ name: 'db', code, target: 'db.internal:5432' }],
    });
    expect(afterMs).toBeLessThanOrEqual(3000);
    expect(afterMs).toBeGreaterThan(2000);
  });

  it('takes 10 s unless it is told', async () => {
    const db = needed(() => Promise.reject(refusedAt('10.0.0.1', 5432)));
    const { afterMs } = await outcomeOf(createHealth({ checks: { db } }).ready(), 60_000);
    expect(afterMs).toBeLessThanOrEqual(10_000);
    expect(afterMs).toBeGreaterThan(9_500);
  });

  it('names the host that the error tells of, and no credential, however it is printed', async () => {
    const checks = {
      db: needed(() => Promise.reject(refusedAt('10.0.0.1', 5432))),
      redis: needed(() => Promise.reject(new Error('WRONGPASS redis://:hunter2@cache')), {
        target: 'redis://:hunter2@cache:6379/0',
      }),
    };
    const { error } = await outcomeOf(createHealth({ checks }).ready({ timeoutMs: 500 }), 1000);
    const printed = [String(error), inspect(error, { depth: 5 }), JSON.stringify(error)].join('\n');
    expect(printed).toContain('db (10.0.0.1:5432) is down with REFUSED, redis (cache:6379) is down with AUTH');
    expect(printed).not.toContain('hunter2');
    expect((error as StartupError).missing[1]?.error).toBeInstanceOf(Error);
  });

  it('rejects when the service is drained meanwhile', async () => {
    const health = createHealth({ checks: { db: needed(() => Promise.reject(refusedAt('10.0.0.1', 5432))) } });
    const ready = health.ready();
    setTimeout(() => health.drain(), 1000);
    expect(await outcomeOf(ready, 10_000)).toMatchObject({
      error: { code: 'STARTUP_REFUSED', message: 'the service was closed before it had started' },
    });
  });

  it('ends `starting` for all views', async () => {
    let isDown = true;
    const db = needed(() => (isDown ? Promise.reject(refusedAt('10.0.0.1', 5432)) : undefined));
    const health = createHealth({ checks: { db } });
    const ready = outcomeOf(health.ready(), 1000);
    expect((await health.check('ready')).status).toBe('starting');
    isDown = false;
    await ready;
    isDown = true;
    expect((await health.check('ready')).status).toBe('unhealthy');
    expect((await health.check('startup')).status).toBe('healthy');
  });

  it('waits for the first result of a check that is asked in the background', async () => {
    const db = needed(() => new Promise((resolve) => setTimeout(resolve, 250)), { pollEveryMs: 60_000 });
    const health = createHealth({ checks: { db } });
    expect(await outcomeOf(health.ready(), 1000)).toEqual({ error: undefined, afterMs: 300 });
    health.drain();
  });

  it.each([[0], [Number.NaN], ['5s']])('refuses %s as its time', async (timeoutMs) => {
    await expect(createHealth().ready({ timeoutMs: timeoutMs as number })).rejects.toMatchObject({
      code: 'INVALID_OPTION',
      option: 'ready.timeoutMs',
    });
  });

  it('leaves no timer behind', async () => {
    const db = needed(() => Promise.reject(refusedAt('10.0.0.1', 5432)));
    await outcomeOf(createHealth({ checks: { db } }).ready({ timeoutMs: 500 }), 1000);
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('the target in a message', () => {
  it.each([
    ['db:5432', 'db:5432'],
    ['postgres://shop:hunter2@db:5432/shop?sslmode=require', 'db:5432'],
    ['postgres://shop:hunt/er2@db:5432/shop', 'db:5432'],
    ['mongodb://u:hunter2@a:27017,b:27017/shop', 'a:27017,b:27017'],
    ['redis://:hunter2@[::1]:6379', '[::1]:6379'],
    ['shop:hunter2@db', 'db'],
    ['/var/run/postgresql/.s.PGSQL.5432', '/var/run/postgresql/.s.PGSQL.5432'],
    ['https://api.example.test/pay?key=hunter2', 'api.example.test'],
    ['host=db password=hunter2', undefined],
    ['', undefined],
  ])('of %j is %j', (given, shown) => {
    expect(withoutCredentials(given)).toBe(shown);
  });

  it.each([
    ['the address of a system error', refusedAt('10.0.0.1', 5432), '10.0.0.1:5432'],
    ['an address of IPv6', refusedAt('::1', 5432), '[::1]:5432'],
    ['the name that has no address', Object.assign(new Error(), { hostname: 'db.internal' }), 'db.internal'],
    ['one of many inside', new AggregateError([new Error(), refusedAt('10.0.0.1', 1)]), '10.0.0.1:1'],
    ['the cause', new TypeError('fetch failed', { cause: refusedAt('10.0.0.2', 80) }), '10.0.0.2:80'],
    ['nothing', new Error('hunter2'), undefined],
    ['nothing printable', Object.assign(new Error(), { address: 'hunter2 password' }), undefined],
    ['a text', 'db:5432', undefined],
  ])('comes from %s', (_what, error, shown) => {
    expect(targetOf(undefined, error)).toBe(shown);
  });

  it('is left out when an error cannot be read', () => {
    const hostile = Object.defineProperty(new Error(), 'address', {
      get() {
        throw new Error('not even this');
      },
    });
    expect(targetOf(undefined, hostile)).toBeUndefined();
  });
});
