import pg from 'pg';
import { postgresCheck, type PostgresClient } from '@throughline/core/checks/postgres';
import { describeCheck, PASSWORD } from '../contract/check.js';
import { startPostgres } from '../integration/postgres-server.js';

describeCheck({
  name: 'postgres',
  async start() {
    const server = await startPostgres(PASSWORD);
    return { port: server.port, stop: () => server.remove() };
  },
  async connect(port, password) {
    const pool = new pg.Pool({ host: '127.0.0.1', port, user: 'postgres', password, max: 2 });
    pool.on('error', () => {}); // without a listener a lost idle connection would end the process
    return {
      check: (options) => postgresCheck(pool, options),
      disconnected: async () => {},
      reconnected: async () => {},
      close: () => pool.end(),
    };
  },
  codes: { closed: 'REFUSED', denied: 'AUTH' },
  misuse: (given) => postgresCheck(given as PostgresClient),
});
