/** Control: stops and starts a database from outside, so that one can watch the health checks. */
import { createServer, type Server } from 'node:http';

/** What can be stopped and started again. */
export interface Startable {
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** Answers `POST /NAME/stop` and `POST /NAME/start`; one that is not there is told so. */
export function createControl(databases: Readonly<Record<string, Startable | undefined>>): Server {
  return createServer((req, res) => {
    const [, name = '', action] = /^POST \/(\w+)\/(start|stop)$/.exec(`${req.method} ${req.url}`) ?? [];
    if (!Object.hasOwn(databases, name)) return void res.writeHead(404).end();
    const database = databases[name];
    if (!database) return void res.writeHead(409).end(`${name} is not installed on this machine\n`);
    (action === 'start' ? database.start() : database.stop()).then(
      () => res.end('done\n'),
      (error: unknown) => res.writeHead(500).end(`${String(error)}\n`),
    );
  });
}
