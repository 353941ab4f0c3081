/** What the checks of the shelf say of themselves: where they ask, and whether they may have a say in liveness. */
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { Redis } from 'ioredis';
import { MongoClient } from 'mongodb';
import { createPool } from 'mysql2';
import { createPool as createPromisePool } from 'mysql2/promise';
import pg from 'pg';
import postgres from 'postgres';
import { createClient } from 'redis';
import { createObservability, type Health, type HealthCheck } from '@throughline/core';
import { diskCheck } from '@throughline/core/checks/disk';
import { eventLoopCheck } from '@throughline/core/checks/event-loop';
import { httpCheck } from '@throughline/core/checks/http';
import { mongodbCheck } from '@throughline/core/checks/mongodb';
import { mysqlCheck } from '@throughline/core/checks/mysql';
import { postgresCheck } from '@throughline/core/checks/postgres';
import { redisCheck } from '@throughline/core/checks/redis';
import { memoryCheck } from '@throughline/core/checks/memory';
import { tcpCheck } from '@throughline/core/checks/tcp';
import { describe, expect, it } from 'vitest';

const secret = 'shop:hunter2';

function healthOf(checks: Record<string, HealthCheck>): Health {
  return createObservability({ isolated: true, exporters: [], log: { level: 'silent' }, health: { checks } }).health;
}

/** Clients as drivers make them, none of which is connected. */
const clients: [what: string, check: () => HealthCheck, target: string][] = [
  [
    'pg Pool by URL',
    () => postgresCheck(new pg.Pool({ connectionString: `postgres://${secret}@db:5433/shop` })),
    'db:5433',
  ],
  ['pg Pool by host', () => postgresCheck(new pg.Pool({ host: 'db', password: 'hunter2' })), 'db:5432'],
  ['pg Client', () => postgresCheck(new pg.Client(`postgres://${secret}@db:5433/shop`)), 'db:5433'],
  ['postgres.js', () => postgresCheck(postgres(`postgres://${secret}@a:5433,b:5434/shop`)), 'a:5433,b:5434'],
  ['mysql2 Pool', () => mysqlCheck(createPool(`mysql://${secret}@maria:3307/shop`)), 'maria:3307'],
  ['mysql2/promise Pool', () => mysqlCheck(createPromisePool({ host: 'maria', password: 'hunter2' })), 'maria:3306'],
  ['node-redis', () => redisCheck(createClient({ url: `redis://${secret}@cache:6380` })), 'cache:6380'],
  ['ioredis', () => redisCheck(new Redis(`redis://${secret}@cache:6381`, { lazyConnect: true })), 'cache:6381'],
  ['MongoClient', () => mongodbCheck(new MongoClient(`mongodb://${secret}@a:27018,b:27019`)), 'a:27018,b:27019'],
  ['Db of MongoDB', () => mongodbCheck(new MongoClient(`mongodb://${secret}@a`).db('shop')), 'a:27017'],
];

const effects = { live: 'fail' } as const;

describe('the checks of the shelf', () => {
  it('name the host they ask, without user, password and path', () => {
    const table = healthOf({
      inventory: httpCheck('http://user:hunter2@inventory:3001/health/live?key=hunter2'),
      smtp: tcpCheck({ host: 'mail.internal', port: 25 }),
    }).explain();
    expect(table).toMatch(/^inventory .* inventory:3001$/m);
    expect(table).toMatch(/^smtp .* mail\.internal:25$/m);
    expect(table).not.toContain('hunter2');
  });

  it.each(clients)(
    'name the host that the client knows, without user, password and database: %s',
    (_what, check, expected) => {
      const table = healthOf({ db: check() }).explain();
      expect(table.split(/ +/).at(-1)).toBe(expected);
      expect(JSON.stringify(check())).not.toContain('hunter2');
    },
  );

  it('name it when the start is refused, though nobody there says a word', async () => {
    const silent = createServer().listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as AddressInfo;
    const pool = new pg.Pool({ connectionString: `postgres://shop:hunter2@127.0.0.1:${port}/shop` });
    const health = healthOf({ db: postgresCheck(pool, { effects: { startup: 'refuse' }, timeoutMs: 50 }) });
    await expect(health.ready({ timeoutMs: 200 })).rejects.toThrow(
      `the service does not start: within 200 ms db (127.0.0.1:${port}) is down with TIMEOUT`,
    );
    silent.close();
  });

  it.each([
    ['memory', () => memoryCheck({ effects })],
    ['the event loop', () => eventLoopCheck({ effects })],
    ['the disk', () => diskCheck('/', { effects })],
  ])('may fail live when they are about this process alone: %s', (_what, check) => {
    expect(healthOf({ own: check() }).simulate({ own: 'down' }).live).toEqual({ status: 'unhealthy', httpStatus: 503 });
  });

  it.each([
    ['HTTP', () => httpCheck('http://inventory:3001', { effects })],
    ['TCP', () => tcpCheck({ host: 'mail.internal', port: 25 }, { effects })],
  ])('may not when they are about something that all instances share: %s', (_what, check) => {
    expect(() => healthOf({ shared: check() })).toThrow(/allow: true/);
  });

  it('have no say in live unless they are told', () => {
    const own = { memory: memoryCheck(), loop: eventLoopCheck(), disk: diskCheck('/') };
    expect(healthOf(own).simulate({ memory: 'down', loop: 'down', disk: 'down' }).live.status).toBe('healthy');
  });
});
