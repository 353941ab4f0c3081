/** Server process: a real server that is started, killed and suspended at will. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { vi } from 'vitest';
import { suspendProcesses } from './suspend.js';

export interface ServerProcess {
  readonly port: number;
  /** Starts it again after {@link ServerProcess.kill}, on the same port. */
  start(): Promise<void>;
  kill(): Promise<void>;
  /** Keeps it from doing anything, its connections open. */
  suspend(): Promise<void>;
  resume(): void;
}

export interface ServerCommand {
  readonly command: string;
  readonly flags: readonly string[];
  readonly port: number;
  readonly env?: NodeJS.ProcessEnv;
}

/** Longest time a server may take to accept connections. */
const startMs = 100_000;

/** Starts a server; it is ready once it accepts connections on its port. */
export async function startServer({ command, flags, port, env = {} }: ServerCommand): Promise<ServerProcess> {
  let server: ChildProcess;

  async function start(): Promise<void> {
    server = spawn(command, flags, { stdio: 'ignore', env: { ...process.env, ...env } });
    await vi.waitUntil(() => isReady(server), { interval: 20, timeout: startMs });
  }

  async function isReady(process: ChildProcess): Promise<boolean> {
    if (hasEnded(process)) throw new Error(`${command} ended before it accepted connections on port ${port}`);
    return accepts(port);
  }

  await start();
  return {
    port,
    start,
    async kill() {
      if (hasEnded(server)) return;
      server.kill('SIGKILL');
      await once(server, 'exit');
    },
    suspend: () => suspendProcesses([server.pid ?? 0]),
    resume: () => void server.kill('SIGCONT'),
  };
}

function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}
