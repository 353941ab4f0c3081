import { createConnection, createPool, type Pool, type PoolOptions } from 'mysql2';
import { createPool as createPromisePool } from 'mysql2/promise';
import { mysqlCheck, type MysqlClient } from '@throughline/core/checks/mysql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answered, type CheckSubject, describeCheck, healthOf, PASSWORD, unhurried } from '../contract/check.js';
import { PATIENCE } from '../contract/patience.js';
import { createFaultyProxy } from '../contract/faulty-proxy.js';
import { startMariadb, type MariadbServer } from './mariadb-server.js';
import { describeOutages } from './outages.js';
import { hasCommand } from './require-service.js';

const address = (port: number, password = PASSWORD): PoolOptions => {
  return { host: '127.0.0.1', port, user: 'shop', password, connectionLimit: 2 };
};

const drivers: Omit<CheckSubject, 'start'>[] = [
  { name: 'mysql (mysql2/promise)', hand: (pool: Pool) => pool.promise() },
  { name: 'mysql (mysql2)', hand: (pool: Pool) => pool },
].map(({ name, hand }) => ({
  name,
  async connect(port, password) {
    const pool = createPool(address(port, password));
    return {
      check: (options) => mysqlCheck(hand(pool), options),
      disconnected: async () => {},
      reconnected: async () => {},
      close: () => new Promise((resolve) => pool.end(resolve)),
    };
  },
  codes: { closed: 'REFUSED', denied: 'AUTH' },
  misuse: (given) => mysqlCheck(given as MysqlClient),
}));

describe.skipIf(!hasCommand('mariadbd'))('a real MariaDB (mariadbd on the PATH)', () => {
  let server: MariadbServer;
  beforeAll(async () => void (server = await startMariadb(PASSWORD)));
  afterAll(() => server?.remove());

  for (const driver of drivers) {
    describeCheck({ ...driver, start: async () => ({ port: server.port, stop: () => {} }) });
    describeOutages(driver, () => server);
  }

  it('checks a single connection, and is down once an administrator ends it', async () => {
    const connection = createConnection(address(server.port));
    connection.on('error', () => {}); // without a listener a lost connection would end the process
    const health = healthOf(mysqlCheck(connection, unhurried));
    expect((await health.check()).status).toBe('healthy');
    const pool = createPromisePool(address(server.port));
    await pool.query(`KILL ${connection.threadId}`);
    await pool.end();
    await expect
      .poll(() => health.check(), PATIENCE)
      .toMatchObject({ checks: [{ status: 'down', code: 'DISCONNECTED' }] });
  });

  it('drops a connection that died silently, and is ok on the next probe over another', async () => {
    const proxy = await createFaultyProxy(server.port);
    const pool = createPromisePool({ ...address(proxy.port), connectionLimit: 1 });
    const health = healthOf(mysqlCheck(pool, { timeoutMs: 200 }));
    expect((await answered(health)).status).toBe('healthy');
    const before = proxy.connections;
    proxy.forget();
    expect((await health.check()).checks).toMatchObject([{ status: 'down', code: 'TIMEOUT' }]);
    expect((await answered(health)).status).toBe('healthy');
    expect(proxy.connections).toBeGreaterThan(before);
    await pool.end();
    await proxy.close();
  });

  it('is busy, not broken, while every connection of the pool is in use; asks once, and is ok when one is free', async () => {
    const pool = createPromisePool({ ...address(server.port), connectionLimit: 1 });
    let enqueued = 0;
    pool.on('enqueue', () => (enqueued += 1));
    const health = healthOf(mysqlCheck(pool, { timeoutMs: 100 }));
    const inUse = await pool.getConnection();
    const report = await health.check();
    for (let probe = 0; probe < 5; probe += 1) await health.check();
    inUse.release();
    expect(report).toMatchObject({ httpStatus: 200, checks: [{ status: 'degraded', code: 'OVERLOADED' }] });
    expect(enqueued).toBe(1);
    await expect.poll(() => health.check(), PATIENCE).toMatchObject({ status: 'healthy' });
    await pool.end();
  });

  it('gives the connection back after each run', async () => {
    const pool = createPromisePool({ ...address(server.port), connectionLimit: 1 });
    const health = healthOf(mysqlCheck(pool, unhurried));
    for (let probe = 0; probe < 5; probe += 1) expect((await health.check()).status).toBe('healthy');
    expect(pool.listenerCount('enqueue')).toBe(0);
    await pool.end();
  });

  it('says AUTH for a user who may not log in', async () => {
    const pool = createPromisePool({ ...address(server.port), user: 'nobody' });
    expect((await healthOf(mysqlCheck(pool, unhurried)).check()).checks).toMatchObject([
      { status: 'down', code: 'AUTH' },
    ]);
    await pool.end();
  });
});
