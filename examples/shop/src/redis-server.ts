/** Redis server: one that keeps nothing on disk, where this machine has it, to be stopped and started again. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { endProcess, hasEnded } from './end-process.js';
import { untilLine } from './ready-line.js';

const program = 'redis-server';

export class RedisServer {
  private server: ChildProcess | undefined;

  /** @param folder Where it works, and leaves nothing behind. */
  constructor(
    private readonly folder: string,
    private readonly port: number,
  ) {
    process.once('exit', () => this.server?.kill('SIGKILL'));
  }

  static isInstalled(): boolean {
    return spawnSync(program, ['--version']).status === 0;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** Resolves once connections are accepted. */
  async start(): Promise<void> {
    if (this.server && !hasEnded(this.server)) return;
    const place = ['--bind', '127.0.0.1', '--port', String(this.port), '--dir', this.folder];
    this.server = spawn(program, [...place, '--save', '', '--appendonly', 'no'], {
      // Its own process group: Ctrl-C in the terminal must not end it before the services that use it.
      detached: true,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    await untilLine('Redis', this.server.stdout, 'Ready to accept connections');
  }

  async stop(): Promise<void> {
    if (this.server) await endProcess(this.server, 'SIGTERM');
  }
}
