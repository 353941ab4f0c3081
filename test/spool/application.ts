/** Application under test: a process of its own that logs errors and comes to a given end. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const script = fileURLToPath(new URL('application.mjs', import.meta.url));

export interface ApplicationRun {
  readonly exporter: string;
  readonly url: string;
  /** Of the spool. */
  readonly directory: string;
  /** How many errors it logs. */
  readonly errors: number;
  readonly end: 'exit' | 'throw' | 'abort' | 'SIGTERM' | 'SIGKILL' | 'flush';
}

export interface ApplicationEnd {
  /** Errors whose logging call returned. */
  readonly taken: number;
  /** Last line of what it said; after `flush` the outcome and the status, as JSON. */
  readonly last: string;
}

/** Runs it to its end; kills it once it has told of so many errors. */
export async function runApplication(run: ApplicationRun, killAfter = Infinity): Promise<ApplicationEnd> {
  const child = spawn(process.execPath, [script, JSON.stringify(run)], { stdio: ['ignore', 'pipe', 'ignore'] });
  let told = '';
  child.stdout.on('data', (chunk: Buffer) => {
    told += chunk.toString();
    if (told.split('\n').length > killAfter) child.kill('SIGKILL');
  });
  await new Promise((resolve) => child.on('close', resolve));
  const lines = told.trimEnd().split('\n');
  return { taken: lines.filter((line) => /^\d+$/.test(line)).length, last: lines.at(-1) ?? '' };
}
