/** Throughline: the command, run as its users run it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { root } from '../architecture/source.js';

export const bin = join(root, 'packages/core/bin/throughline.cjs');

export interface Said {
  readonly code: number;
  readonly text: string;
}

export async function run(file: string, args: readonly string[], input = ''): Promise<Said> {
  const child = spawn(file, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.on('error', () => undefined).end(input);
  const [said, [code]] = await Promise.all([text(child.stdout), once(child, 'exit') as Promise<[number]>]);
  return { code, text: said.replace(/\n$/, '') };
}

export function throughline(args: readonly string[], input?: string): Promise<Said> {
  return run(process.execPath, [bin, ...args], input);
}
