/** Health: four views that a probe can trust, whatever becomes of the checks. */
import type { HealthCheck } from '@throughline/core';
import { expect, it } from 'vitest';
import type { Cell } from '../cell.js';
import { type Service, start } from '../start.js';

const refused = (): Error =>
  Object.assign(new Error('connect ECONNREFUSED postgres://u:p@10.0.0.1/x'), { code: 'ECONNREFUSED' });

/** A check that fails while `down` is set, and counts its runs. */
function switchable(options: Partial<HealthCheck> = {}): HealthCheck & { down: boolean; runs: number } {
  const check = {
    down: false,
    runs: 0,
    async probe() {
      check.runs += 1;
      if (check.down) throw refused();
    },
    ...options,
  };
  return check;
}

const paths = ['/health', '/health/live', '/health/ready', '/health/startup'];

async function answers(service: Service): Promise<[status: number, body: string][]> {
  const found: [number, string][] = [];
  for (const path of paths) {
    const { status, body } = await service.send(path);
    found.push([status, body]);
  }
  return found;
}

export function promiseHealth(cell: Cell): void {
  it('answers four views, each with the checks that have an effect on it, byte by byte', async () => {
    const redis = switchable({ required: false });
    const db = switchable({ effects: { ready: 'degrade' } });
    const service = await start(cell, { health: { checks: { db, redis } } });
    const live = '{"status":"healthy","version":"1.0.0"}';
    expect(await answers(service)).toEqual([
      [200, '{"status":"healthy","db":"ok","redis":"ok","version":"1.0.0"}'],
      [200, live],
      [200, '{"status":"healthy","db":"ok","redis":"ok","version":"1.0.0"}'],
      [200, live],
    ]);
    redis.down = true;
    expect((await answers(service))[0]).toEqual([
      200,
      '{"status":"degraded","db":"ok","redis":"down","version":"1.0.0"}',
    ]);
    db.down = true;
    expect(await answers(service)).toEqual([
      [503, '{"status":"unhealthy","db":"down","redis":"down","version":"1.0.0"}'],
      [200, live],
      [200, '{"status":"degraded","db":"down","redis":"down","version":"1.0.0"}'],
      [200, live],
    ]);
  });

  it('is starting until what the start waits for has answered once, and alive meanwhile', async () => {
    const db = switchable({ effects: { startup: 'fail' } });
    db.down = true;
    const service = await start(cell, { health: { checks: { db } } });
    expect((await answers(service)).map(([status]) => status)).toEqual([503, 200, 503, 503]);
    expect((await service.send('/health/ready')).body).toBe('{"status":"starting","db":"down","version":"1.0.0"}');
    db.down = false;
    expect((await answers(service)).map(([status]) => status)).toEqual([200, 200, 200, 200]);
    db.down = true;
    expect((await answers(service)).map(([status]) => status)).toEqual([503, 200, 503, 200]);
  });

  it('answers its first probe with 200 when it waits for nothing', async () => {
    const service = await start(cell);
    expect(await service.send('/health/ready')).toMatchObject({ status: 200 });
  });

  it('takes no more traffic while it drains, and is alive', async () => {
    const db = switchable();
    const service = await start(cell, { health: { checks: { db } } });
    service.observability.health.drain();
    expect(await answers(service)).toEqual([
      [503, '{"status":"draining","version":"1.0.0"}'],
      [200, '{"status":"healthy","version":"1.0.0"}'],
      [503, '{"status":"draining","version":"1.0.0"}'],
      [503, '{"status":"draining","version":"1.0.0"}'],
    ]);
    expect(db.runs).toBe(0);
  });

  it('answers all who ask while a check hangs, with one run of it', async () => {
    let runs = 0;
    const hanging = { timeoutMs: 60, probe: () => (runs++, new Promise(() => {})) };
    const service = await start(cell, { health: { checks: { db: () => {}, hanging } } });
    const probes = Array.from({ length: 40 }, (_, index) => service.send(paths[index % 3] ?? ''));
    const asked = await Promise.all(probes);
    expect(new Set(asked.map(({ status, body }) => `${status} ${body}`))).toEqual(
      new Set([
        '503 {"status":"unhealthy","db":"ok","hanging":"down","version":"1.0.0"}',
        '200 {"status":"healthy","version":"1.0.0"}',
      ]),
    );
    expect(runs).toBe(1);
  });

  it('shows the other results when one check throws', async () => {
    const broken = (): never => {
      throw refused();
    };
    const service = await start(cell, { health: { checks: { before: () => {}, broken, after: () => {} } } });
    expect(await service.send('/health')).toMatchObject({
      status: 503,
      body: '{"status":"unhealthy","before":"ok","broken":"down","after":"ok","version":"1.0.0"}',
    });
  });

  it('says nothing above debug of probes, one line of an outage and one of its end, however many probes see it', async () => {
    const db = switchable();
    const service = await start(cell, { health: { checks: { db } } });
    const probe = async (count: number): Promise<void> => {
      for (let index = 0; index < count; index += 1) await service.send(paths[index % 4] ?? '');
    };
    await probe(8);
    db.down = true;
    await probe(100);
    db.down = false;
    await probe(8);
    const { lines } = await service.finish();
    const told = lines.filter(({ logger }) => logger === 'health');
    expect(told).toMatchObject([
      { level: 'warn', msg: 'dependency is down', check: 'db', code: 'REFUSED' },
      { level: 'info', msg: 'dependency is back', check: 'db', outage_ms: expect.any(Number) },
    ]);
    const loud = lines.filter(({ logger, level, status }) => logger === 'http' && level !== 'debug' && status !== 503);
    expect(loud).toEqual([]);
    expect(lines.map(({ text }) => text).join('\n')).not.toMatch(/u:p|10\.0\.0\.1/);
  });

  it.each([
    ['health.token', { token: 'short' }, /at least 16 characters/],
    ['health.path', { path: 'health' }, /starts with a slash/],
    ['health.checks.status', { checks: { status: () => {} } }, /reserved/],
    [
      'health.checks.db.effects.live',
      { checks: { db: { probe: () => {}, effects: { live: 'fail' } } } },
      /allow: true/,
    ],
  ])('refuses an invalid %s at creation, and shows no token', async (option, health, message) => {
    const refusal = await start(cell, { health: health as never }).catch((error: unknown) => error);
    expect(refusal).toMatchObject({ code: 'INVALID_OPTION', option, message: expect.stringMatching(message) });
    expect(String(refusal)).not.toContain('"short"');
  });
}
