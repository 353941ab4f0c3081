/** Postgres clients: both drivers that `postgresCheck` takes, connected as an app would. */
import pg from 'pg';
import postgres from 'postgres';
import { postgresCheck, type PostgresClient } from '@throughline/core/checks/postgres';
import type { CheckSubject } from '../contract/check.js';

type Connect = CheckSubject['connect'];

const connectPg: Connect = async (port, password) => {
  const pool = new pg.Pool({ host: '127.0.0.1', port, user: 'postgres', password, max: 2 });
  pool.on('error', () => {}); // without a listener a lost idle connection would end the process
  return {
    check: (options) => postgresCheck(pool, options),
    disconnected: async () => {},
    reconnected: async () => {},
    close: () => pool.end(),
  };
};

const connectPostgresJs: Connect = async (port, password) => {
  const sql = postgres({ host: '127.0.0.1', port, user: 'postgres', password, max: 2, fetch_types: false });
  return {
    check: (options) => postgresCheck(sql, options),
    disconnected: async () => {},
    reconnected: async () => {},
    close: () => sql.end({ timeout: 0 }),
  };
};

/** What the contract needs of each driver; the caller says which server. */
export const postgresDrivers: Omit<CheckSubject, 'start'>[] = [
  { name: 'postgres (pg)', connect: connectPg },
  { name: 'postgres (postgres.js)', connect: connectPostgresJs },
].map((driver) => ({
  ...driver,
  codes: { closed: 'REFUSED', denied: 'AUTH' },
  misuse: (given) => postgresCheck(given as PostgresClient),
}));
