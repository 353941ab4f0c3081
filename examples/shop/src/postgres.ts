/** Postgres: an embedded server with its data in a folder, to be stopped and started again. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { chown, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { endProcess, hasEnded } from './end-process.js';
import { findPostgresBinaries, type PostgresBinaries } from './postgres-binaries.js';
import { untilLine } from './ready-line.js';

const user = 'shop';

export class Postgres {
  private server: ChildProcess | undefined;

  private constructor(
    private readonly binaries: PostgresBinaries,
    private readonly data: string,
    private readonly port: number,
    private readonly password: string,
  ) {
    process.once('exit', () => this.server?.kill('SIGKILL'));
  }

  /**
   * Makes a fresh database, not yet running.
   *
   * @param folder An empty folder, which is given to the user that Postgres runs as.
   */
  static async create(folder: string, port: number): Promise<Postgres> {
    const binaries = await findPostgresBinaries(folder);
    const { uid, gid } = binaries.owner;
    const password = randomUUID();
    const passwordFile = join(folder, 'password');
    const data = join(folder, 'data');
    await writeFile(passwordFile, password);
    if (uid !== undefined && gid !== undefined) {
      await Promise.all([folder, passwordFile].map((path) => chown(path, uid, gid)));
    }
    const login = [`--username=${user}`, `--pwfile=${passwordFile}`, '--auth=scram-sha-256'];
    const options = [`--pgdata=${data}`, '--encoding=UTF8', '--locale=C', '--no-sync'];
    await promisify(execFile)(binaries.initdb, [...login, ...options], { ...binaries.owner, cwd: folder });
    return new Postgres(binaries, data, port, password);
  }

  get url(): string {
    return `postgres://${user}:${this.password}@127.0.0.1:${this.port}/postgres`;
  }

  /** Resolves once connections are accepted. */
  async start(): Promise<void> {
    if (this.server && !hasEnded(this.server)) return;
    const place = ['-D', this.data, '-h', '127.0.0.1', '-p', String(this.port), '-k', ''];
    const server = spawn(this.binaries.postgres, [...place, '-c', 'fsync=off'], {
      ...this.binaries.owner,
      cwd: this.data,
      // Its own process group: Ctrl-C in the terminal must not end it before the services that use it.
      detached: true,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    this.server = server;
    await untilLine('Postgres', server.stderr, 'ready to accept connections');
  }

  /** Ends open connections and stops. The data stays. */
  async stop(): Promise<void> {
    // To Postgres, SIGTERM would mean to wait for its clients to leave.
    if (this.server) await endProcess(this.server, 'SIGINT');
  }
}
