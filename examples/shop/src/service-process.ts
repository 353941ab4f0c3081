/** Service process: one service of the shop as a child process, its lines printed under its name. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

/** Prints a line of whoever has this name. */
export type Print = (name: string, line: string) => void;

export type Environment = Readonly<Record<string, string>>;

export class ServiceProcess {
  private readonly child: ChildProcess;
  private isStopping = false;

  /** @param name Name of the service, and of its module. */
  constructor(
    readonly name: string,
    private readonly url: string,
    environment: Environment,
    print: Print,
  ) {
    const module = fileURLToPath(new URL(`./${name}.js`, import.meta.url));
    this.child = spawn(process.execPath, [module], {
      env: {
        ...process.env,
        PORT: new URL(url).port,
        OTEL_SERVICE_NAME: name,
        LOG_PRETTY: String(process.stdout.isTTY),
        ...environment,
      },
      // Its own process group: Ctrl-C in the terminal reaches the shop alone, which ends all in good order.
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const output of [this.child.stdout, this.child.stderr]) {
      if (output) createInterface({ input: output }).on('line', (line) => print(name, line));
    }
    this.child.once('exit', (code, signal) => {
      if (!this.isStopping) print(name, `ended unexpectedly with ${code ?? signal}`);
    });
    process.once('exit', () => this.child.kill('SIGKILL'));
  }

  /** Resolves once the service takes traffic. */
  async ready(): Promise<void> {
    while (!(await this.takesTraffic())) {
      if (this.hasEnded) throw new Error(`${this.name} ended before it was ready`);
      await delay(20);
    }
  }

  /** Asks it to end. Resolves once it has. */
  async stop(): Promise<void> {
    this.isStopping = true;
    if (this.hasEnded) return;
    const exit = once(this.child, 'exit');
    this.child.kill('SIGTERM');
    await exit;
  }

  private get hasEnded(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }

  private async takesTraffic(): Promise<boolean> {
    try {
      return (await fetch(`${this.url}/api/health/ready`)).ok;
    } catch {
      return false;
    }
  }
}
