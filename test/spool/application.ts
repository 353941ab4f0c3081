/** Application under test: a process of its own that logs errors and comes to a given end. */
import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const script = fileURLToPath(new URL('application.mjs', import.meta.url));

export interface ApplicationRun {
  readonly exporter: string;
  readonly url: string;
  /** Of the spool. */
  readonly directory: string;
  /** Bound on the spool. */
  readonly maxBytes?: number;
  /** How many errors it logs. */
  readonly errors: number;
  readonly end:
    | 'exit'
    | 'throw'
    | 'abort'
    | 'SIGTERM'
    | 'SIGTERM and close'
    | 'SIGKILL'
    | 'error in an exit handler'
    | 'error in a handler of what nobody caught'
    | 'flush';
  /** Longest wait of `flush`, which is asked for again until so many are delivered. */
  readonly flushMs?: number;
  readonly enough?: number;
  /** Options of Node itself. */
  readonly nodeOptions?: readonly string[];
}

export interface ApplicationEnd {
  /** Errors whose logging call returned. */
  readonly taken: number;
  /** Last line of what it said; after `flush` the outcome and the status, as JSON. */
  readonly last: string;
  readonly code: number | null;
}

export interface RunningApplication {
  readonly ended: Promise<ApplicationEnd>;
  kill(): void;
}

/** Starts it; `onTold` is called with how many errors it has told of so far. */
export function startApplication(run: ApplicationRun, onTold?: (taken: number) => void): RunningApplication {
  const args = [...(run.nodeOptions ?? []), script, JSON.stringify(run)];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'ignore'] });
  return { ended: follow(child, onTold), kill: () => void child.kill('SIGKILL') };
}

/** Runs it to its end; kills it once it has told of so many errors. */
export function runApplication(run: ApplicationRun, killAfter = Infinity): Promise<ApplicationEnd> {
  const application = startApplication(run, (taken) => {
    if (taken >= killAfter) application.kill();
  });
  return application.ended;
}

async function follow(child: ChildProcess, onTold: (taken: number) => void = () => undefined): Promise<ApplicationEnd> {
  let told = '';
  child.stdout?.on('data', (chunk: Buffer) => {
    told += chunk.toString();
    onTold(told.split('\n').length - 1);
  });
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  const lines = told.trimEnd().split('\n');
  return { taken: lines.filter((line) => /^\d+$/.test(line)).length, last: lines.at(-1) ?? '', code };
}
