import pg from 'pg';
import postgres from 'postgres';
import { postgresCheck } from '@throughline/core/checks/postgres';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { postgresDrivers } from '../checks/postgres-clients.js';
import { answered, healthOf, PASSWORD, unhurried } from '../contract/check.js';
import { PATIENCE } from '../contract/patience.js';
import { createFaultyProxy } from '../contract/faulty-proxy.js';
import { describeOutages } from './outages.js';
import { startPostgres, type PostgresServer } from './postgres-server.js';

let server: PostgresServer;
beforeAll(async () => void (server = await startPostgres(PASSWORD)));
afterAll(() => server.remove());

const opened: { end(): Promise<void> }[] = [];
afterEach(async () => void (await Promise.all(opened.splice(0).map((client) => client.end()))));

function openPool(options: pg.PoolConfig = {}): pg.Pool {
  const pool = new pg.Pool({ ...address(), ...options });
  pool.on('error', () => {}); // without a listener a lost idle connection would end the process
  opened.push(pool);
  return pool;
}

function address(): { host: string; port: number; user: string; password: string } {
  return { host: '127.0.0.1', port: server.port, user: 'postgres', password: PASSWORD };
}

it('turns to 503 when the server stops, and back to 200 on the next probe once it runs', async () => {
  const health = healthOf(postgresCheck(openPool(), unhurried));
  expect(await health.check()).toMatchObject({ httpStatus: 200 });
  await server.stop();
  await expect
    .poll(() => health.check(), PATIENCE)
    .toMatchObject({ httpStatus: 503, checks: [{ status: 'down', code: 'REFUSED' }] });
  await server.start();
  expect(await health.check()).toMatchObject({ httpStatus: 200, checks: [{ status: 'ok' }] });
});

it('checks a single pg Client, and is down once an administrator ends its session', async () => {
  const client = new pg.Client(address());
  client.on('error', () => {});
  await client.connect();
  opened.push(client);
  const health = healthOf(postgresCheck(client, unhurried));
  expect((await health.check()).status).toBe('healthy');
  const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  await openPool().query('SELECT pg_terminate_backend($1)', [rows[0]?.pid]);
  await expect
    .poll(() => health.check(), PATIENCE)
    .toMatchObject({ checks: [{ status: 'down', code: 'DISCONNECTED' }] });
});

it('drops a connection that died silently, and is ok on the next probe over another', async () => {
  const proxy = await createFaultyProxy(server.port);
  const pool = openPool({ port: proxy.port });
  const health = healthOf(postgresCheck(pool, { timeoutMs: 400 }));
  expect((await answered(health)).status).toBe('healthy');
  const before = proxy.connections;
  proxy.forget();
  expect((await health.check()).checks).toMatchObject([{ status: 'down', code: 'TIMEOUT' }]);
  expect((await answered(health)).status).toBe('healthy');
  expect(proxy.connections).toBeGreaterThan(before);
  await proxy.close();
});

it('is busy, not broken, while every connection of the pool is in use; asks once, and is ok when one is free', async () => {
  const pool = openPool({ max: 1 });
  const health = healthOf(postgresCheck(pool, { timeoutMs: 100 }));
  await expect.poll(() => health.check(), PATIENCE).toMatchObject({ status: 'healthy' });
  const inUse = await pool.connect();
  const report = await health.check();
  for (let probe = 0; probe < 5; probe += 1) await health.check();
  const { waitingCount } = pool;
  inUse.release();
  expect(report).toMatchObject({ httpStatus: 200, checks: [{ status: 'degraded', code: 'OVERLOADED' }] });
  expect(waitingCount).toBe(1);
  await expect.poll(() => health.check(), PATIENCE).toMatchObject({ status: 'healthy' });
});

it("is busy also when the pool's own limit for the wait comes first", async () => {
  const pool = openPool({ max: 1, connectionTimeoutMillis: 600 });
  const health = healthOf(postgresCheck(pool, { timeoutMs: 800 }));
  const inUse = await pool.connect();
  const [component] = (await health.check()).checks;
  inUse.release();
  expect(component).toMatchObject({ status: 'degraded', code: 'OVERLOADED' });
  expect(component?.error).toMatchObject({ cause: { message: 'timeout exceeded when trying to connect' } });
});

it('is busy, not broken, while the connections of postgres.js work on other queries, and is ok when one is free', async () => {
  const sql = postgres({ ...address(), max: 2, fetch_types: false });
  opened.push(sql);
  const health = healthOf(postgresCheck(sql, { timeoutMs: 100 }));
  await expect.poll(() => health.check(), PATIENCE).toMatchObject({ status: 'healthy' });
  const slow = [1, 2].map(() => sql`SELECT pg_sleep(60)`.execute());
  for (const query of slow) query.catch(() => {});
  const busy = { httpStatus: 200, checks: [{ status: 'degraded', code: 'OVERLOADED' }] };
  await expect.poll(() => health.check(), PATIENCE).toMatchObject(busy);
  expect([await health.check(), await health.check()]).toMatchObject([busy, busy]);
  for (const query of slow) query.cancel();
  await expect.poll(() => health.check(), PATIENCE).toMatchObject({ status: 'healthy' });
});

for (const driver of postgresDrivers) describeOutages(driver, () => server);
