/** Listening: a server of Node's own on a free port of the loopback address. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Listening } from './cell.js';

export async function listen(handle: (req: IncomingMessage, res: ServerResponse) => unknown): Promise<Listening> {
  const server = createServer((req, res) => void handle(req, res)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    server,
    async close() {
      server.close();
      await once(server, 'close');
    },
  };
}
