/** Doomed: a service as a process of its own, which a test tells to end, and everything that it said until then. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { Agent, get, type IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

export const plainApplication = fileURLToPath(new URL('application.mjs', import.meta.url));

export interface Line {
  readonly msg?: string;
  readonly level?: string;
  readonly [field: string]: unknown;
}

export interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** What came on a socket, until it was closed. */
export class RawClient {
  received = '';
  readonly closed: Promise<string>;

  constructor(private readonly socket: Socket) {
    socket.setEncoding('utf8').on('data', (data: string) => (this.received += data));
    socket.on('error', () => undefined);
    this.closed = once(socket, 'close').then(() => this.received);
  }

  send(data: string): void {
    this.socket.write(data);
  }

  /** Reads no more for the time being. */
  pause(): void {
    this.socket.pause();
  }

  resume(): void {
    this.socket.resume();
  }

  /** Resolves once this was received. */
  async until(expected: string): Promise<void> {
    while (!this.received.includes(expected)) await once(this.socket, 'data'); // oxlint-disable-line no-await-in-loop -- it is the loop
  }
}

export class Doomed {
  readonly lines: Line[] = [];
  stderr = '';
  readonly ended: Promise<Ending>;
  private readonly child: ChildProcess;
  private heard: () => void = () => undefined;
  private hasEnded = false;
  private port = 0;

  private constructor(args: readonly string[], env: Readonly<Record<string, string>>) {
    this.child = spawn(process.execPath, args, {
      env: { ...process.env, LOG_PRETTY: 'false', ...env },
      // Its input ends with this process, however that ends.
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const { stdout, stderr } = this.child;
    if (!stdout || !stderr) throw new Error('started without pipes');
    createInterface({ input: stdout }).on('line', (line) => {
      this.lines.push(JSON.parse(line) as Line);
      this.heard();
    });
    stderr.setEncoding('utf8').on('data', (data: string) => (this.stderr += data));
    // `close` comes after `exit`, when all output has been read
    this.ended = once(this.child, 'close').then(([code, signal]) => {
      this.hasEnded = true;
      this.heard();
      return { code, signal } as Ending;
    });
    onTestFinished(() => void this.child.kill('SIGKILL'));
  }

  /** Starts it, and resolves once it listens. */
  static async start(options: object, args: readonly string[] = [plainApplication], env = {}): Promise<Doomed> {
    const doomed = new Doomed([...args, JSON.stringify(options)], env);
    const { say: port } = await doomed.until(({ say }) => typeof say === 'number');
    doomed.port = port as number;
    return doomed;
  }

  kill(signal: NodeJS.Signals = 'SIGTERM'): void {
    this.child.kill(signal);
  }

  /** The first line that is like this, also one that comes later; rejects when none can come any more. */
  async until(isIt: (line: Line) => boolean): Promise<Line> {
    for (;;) {
      const line = this.lines.find(isIt);
      if (line) return line;
      if (this.hasEnded) throw new Error(`ended before it said so: ${this.stderr}`);
      await new Promise<void>((resolve) => (this.heard = resolve)); // oxlint-disable-line no-await-in-loop -- it is the loop
    }
  }

  untilMessage(msg: string): Promise<Line> {
    return this.until((line) => line.msg === msg);
  }

  untilSaid(word: string): Promise<Line> {
    return this.until(({ say }) => say === word);
  }

  /** The fields of the report that are counts. */
  counts(): { served: unknown; cut: unknown; socketsEnded: unknown; socketsCut: unknown } {
    const report = this.lines.find(({ msg }) => msg === 'shutdown complete');
    return {
      served: report?.['requests_served'],
      cut: report?.['requests_cut'],
      socketsEnded: report?.['sockets_ended'],
      socketsCut: report?.['sockets_cut'],
    };
  }

  /** Asks on a connection of the agent's; without one on a connection of its own. */
  async get(path: string, agent = new Agent()): Promise<{ status?: number; connection?: string; body: string }> {
    const request = get({ host: '127.0.0.1', port: this.port, path, agent });
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    const { statusCode, headers } = response;
    return {
      ...(statusCode !== undefined && { status: statusCode }),
      ...(headers.connection !== undefined && { connection: headers.connection }),
      body: await text(response),
    };
  }

  /** Resolves once it takes no more connections. */
  async untilRefused(): Promise<void> {
    for (;;) {
      const error = await this.get('/fast').then(
        () => undefined,
        (reason: Error) => reason,
      ); // oxlint-disable-line no-await-in-loop -- it is the loop
      if (error?.message.includes('ECONNREFUSED')) return;
    }
  }

  /** A bare connection. */
  async connect({ allowHalfOpen = false } = {}): Promise<RawClient> {
    const socket = connect({ host: '127.0.0.1', port: this.port, allowHalfOpen });
    await once(socket, 'connect');
    return new RawClient(socket);
  }
}
