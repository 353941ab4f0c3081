/** Redis server: a real one, from the PATH, without a file of its own. */
import { tmpdir } from 'node:os';
import { freePort } from './free-port.js';
import { startServer, type ServerProcess } from './server-process.js';

/** Starts a server that asks for this password. */
export async function startRedis(password: string): Promise<ServerProcess> {
  const port = await freePort();
  const settings = { port, bind: '127.0.0.1', save: '', appendonly: 'no', dir: tmpdir(), requirepass: password };
  const flags = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]);
  return startServer({ command: 'redis-server', flags, port });
}
