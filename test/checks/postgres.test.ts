import { describeCheck, PASSWORD } from '../contract/check.js';
import { startPostgres } from '../integration/postgres-server.js';
import { postgresDrivers } from './postgres-clients.js';

for (const driver of postgresDrivers) {
  describeCheck({
    ...driver,
    async start() {
      const server = await startPostgres(PASSWORD);
      return { port: server.port, stop: () => server.remove() };
    },
  });
}
