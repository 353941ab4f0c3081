/** NATS server: a real one, from the PATH, without a file of its own. */
import { freePort } from './free-port.js';
import { startServer, type ServerProcess } from './server-process.js';

/** Starts a server whose user `shop` has this password. */
export async function startNats(password: string): Promise<ServerProcess> {
  const port = await freePort();
  return startServer({
    command: 'nats-server',
    flags: ['-a', '127.0.0.1', '-p', String(port), '--user', 'shop', '--pass', password],
    port,
  });
}
