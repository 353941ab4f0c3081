/** Database: a service's connections to Postgres, which outlive a Postgres that goes away. */
import { getLogger, runOutsideContext } from '@throughline/core';
import { Pool } from 'pg';
import { setting } from './setting.js';

const logger = getLogger('database');

export function createPool(): Pool {
  // Without a limit, a host that swallows packets would keep every query and every health check waiting.
  const pool = new Pool({ connectionString: setting('DATABASE_URL'), connectionTimeoutMillis: 500 });
  // Without a listener, a connection that Postgres ends would end the whole process.
  pool.on('error', ({ message }) => {
    // A connection lives in the context of the request that opened it, which is over long since.
    runOutsideContext(() => logger.warn({ reason: message }, 'connection lost'));
  });
  return pool;
}
