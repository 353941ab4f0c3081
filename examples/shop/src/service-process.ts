/** Service process: one service of the shop as a child process, its lines printed under its name. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { endProcess, hasEnded } from './end-process.js';
import { until } from './until.js';

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
        LOG_PRETTY: String(process.stdout.isTTY === true),
        // No load balancer has to notice.
        THROUGHLINE_SHUTDOWN_DELAY_MS: '0',
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
    await until(15_000, () => {
      if (hasEnded(this.child)) throw new Error(`${this.name} ended before it was ready`);
      return this.takesTraffic();
    });
  }

  /** Asks it to end. Resolves once it has. */
  stop(): Promise<void> {
    this.isStopping = true;
    return endProcess(this.child, 'SIGTERM');
  }

  private async takesTraffic(): Promise<boolean> {
    try {
      return (await fetch(`${this.url}/api/health/ready`)).ok;
    } catch {
      return false;
    }
  }
}
