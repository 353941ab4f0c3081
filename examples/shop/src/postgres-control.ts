/** Postgres control: stops and starts the database from outside, so that one can watch the health checks. */
import { createServer, type Server } from 'node:http';
import type { Postgres } from './postgres.js';

/** Answers `POST /postgres/stop` and `POST /postgres/start`. */
export function createPostgresControl(postgres: Postgres): Server {
  const actions = new Map([
    ['POST /postgres/stop', () => postgres.stop()],
    ['POST /postgres/start', () => postgres.start()],
  ]);
  return createServer((req, res) => {
    const act = actions.get(`${req.method} ${req.url}`);
    if (!act) return void res.writeHead(404).end();
    act().then(
      () => res.end('done\n'),
      (error: unknown) => res.writeHead(500).end(`${String(error)}\n`),
    );
  });
}
