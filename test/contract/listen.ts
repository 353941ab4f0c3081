/** Listening: a server of Node's own on a free port of the loopback address. */
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { Listening } from './cell.js';

export async function listen(listener: RequestListener): Promise<Listening> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    server,
    async close() {
      server.close();
      await once(server, 'close');
    },
  };
}
