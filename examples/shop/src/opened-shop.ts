/** Opened shop: the shop in a process of its own, used as a person would: by what it prints, over HTTP, with Ctrl-C. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { customerToken } from './demo-data.js';
import { endProcess } from './end-process.js';
import type { ShopUrls } from './shop.js';

export interface LogLine {
  readonly service: string;
  readonly request_id?: string;
}

export class OpenedShop {
  /** What the shop printed so far. */
  readonly output: string[] = [];
  private readonly child: ChildProcess;

  /** @param temporaryFolder Where the shop may leave nothing behind. */
  constructor(temporaryFolder: string) {
    this.child = spawn(process.execPath, [fileURLToPath(new URL('./start.js', import.meta.url))], {
      env: { ...process.env, PORTS: 'any', TMPDIR: temporaryFolder, TEMP: temporaryFolder },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    if (this.child.stdout) createInterface({ input: this.child.stdout }).on('line', (line) => this.output.push(line));
  }

  /** Lines that the services wrote, the sink's left out. */
  get logLines(): string[] {
    return this.output.filter((line) => line.includes(' | ') && !line.startsWith('sink'));
  }

  /** Names of the services that wrote a line with this request id. */
  servicesThatLogged(requestId: string): string[] {
    const parsed = this.logLines.map((line) => JSON.parse(line.slice(line.indexOf('{'))) as LogLine);
    return [...new Set(parsed.filter((line) => line.request_id === requestId).map((line) => line.service))].toSorted();
  }

  isOpen(): boolean {
    return this.output.includes('The shop is open.');
  }

  /** Whether it found a Redis on this machine. */
  hasRedis(): boolean {
    return this.output.some((line) => line.includes('Postgres and Redis'));
  }

  /** The URL that was printed for a part of the shop. */
  url(name: keyof ShopUrls): string {
    const line = this.output.find((text) => text.startsWith(`  ${name} `)) ?? '';
    return /http:\S+/.exec(line)?.[0] ?? '';
  }

  order(requestId: string, order: object): Promise<Response> {
    const headers = {
      authorization: `Bearer ${customerToken}`,
      'content-type': 'application/json',
      'x-request-id': requestId,
    };
    return fetch(`${this.url('gateway')}/orders`, { method: 'POST', headers, body: JSON.stringify(order) });
  }

  /** Presses Ctrl-C; resolves with the exit code. As nothing calls `process.exit`, no child is left then. */
  async close(timeoutMs = 3_000): Promise<number | null> {
    const patience = setTimeout(() => this.child.kill('SIGKILL'), timeoutMs);
    await endProcess(this.child, 'SIGINT');
    clearTimeout(patience);
    return this.child.exitCode;
  }
}
