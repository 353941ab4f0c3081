/** Example process: one of the small examples, run as its reader would run it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const examples = fileURLToPath(new URL('../../examples', import.meta.url));

/** A line as the examples write it. */
export interface Line {
  readonly msg: string;
  readonly level: string;
  readonly request_id?: string;
  readonly [field: string]: unknown;
}

export interface Ending {
  readonly code: number | null;
  readonly lines: readonly Line[];
  readonly stderr: string;
}

export class ExampleProcess {
  private constructor(
    readonly url: string,
    private readonly child: ChildProcess,
    private readonly ending: Promise<Ending>,
  ) {}

  /** Starts the built example of this name, and resolves once it answers. */
  static async start(name: string): Promise<ExampleProcess> {
    const port = await freePort();
    const child = spawn(process.execPath, [join(examples, name, 'dist/main.js')], {
      env: { ...process.env, PORT: String(port), LOG_PRETTY: 'false', THROUGHLINE_SHUTDOWN_DELAY_MS: '0' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const example = new ExampleProcess(`http://127.0.0.1:${port}`, child, endingOf(child));
    while (!(await example.isAnswering())) {
      if (child.exitCode !== null) throw new Error(`${name} ended: ${(await example.ending).stderr}`);
      await delay(20);
    }
    return example;
  }

  get(path: string, headers: Record<string, string> = {}): Promise<Response> {
    return fetch(this.url + path, { headers });
  }

  /** Asks it to end, and resolves with all that it wrote. */
  stop(): Promise<Ending> {
    this.child.kill('SIGTERM');
    return this.ending;
  }

  private async isAnswering(): Promise<boolean> {
    try {
      await this.get('/api/health/live');
      return true;
    } catch {
      return false;
    }
  }
}

async function endingOf(child: ChildProcess): Promise<Ending> {
  const { stdout, stderr } = child;
  if (!stdout || !stderr) throw new Error('the example was started without pipes');
  const [written, complaints, [code]] = await Promise.all([
    text(stdout),
    text(stderr),
    once(child, 'exit') as Promise<[number | null]>,
  ]);
  const lines = written.split('\n').filter((line) => line !== '');
  return { code, lines: lines.map((line) => JSON.parse(line) as Line), stderr: complaints };
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}
