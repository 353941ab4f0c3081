/** Redis server: a real one, from the PATH, without a file of its own. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { freePort } from './free-port.js';

export interface RedisServer {
  readonly port: number;
  /** Starts it again after {@link RedisServer.kill}, on the same port. */
  start(): Promise<void>;
  kill(): Promise<void>;
  /** Keeps it from doing anything, its connections open. */
  suspend(): void;
  resume(): void;
}

/** Starts a server that asks for this password. */
export async function startRedis(password: string): Promise<RedisServer> {
  const port = await freePort();
  let server: ChildProcess;

  async function start(): Promise<void> {
    const settings = { port, bind: '127.0.0.1', save: '', appendonly: 'no', dir: tmpdir(), requirepass: password };
    const flags = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]);
    server = spawn('redis-server', flags, { stdio: ['ignore', 'pipe', 'inherit'] });
    for await (const lines of server.stdout ?? []) if (String(lines).includes('Ready to accept connections')) return;
    throw new Error(`redis-server ended before it was ready, on port ${port}`);
  }

  await start();
  return {
    port,
    start,
    async kill() {
      if (server.exitCode !== null || server.signalCode !== null) return;
      server.kill('SIGKILL');
      await once(server, 'exit');
    },
    suspend: () => void server.kill('SIGSTOP'),
    resume: () => void server.kill('SIGCONT'),
  };
}
