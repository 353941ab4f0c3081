/** Written file: what stands in a file of errors and in those put aside, as a receiving side for the contract. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Sink, SinkRequest } from '../contract/faulty-sink.js';

export type Line = Record<string, unknown>;

/** A path in a new directory, which is removed with all in it by `remove`. */
export function newFile(): { path: string; remove: () => void } {
  const directory = mkdtempSync(join(tmpdir(), 'throughline-'));
  return { path: join(directory, 'errors.jsonl'), remove: () => rmSync(directory, { recursive: true }) };
}

export function linesOf(text: string): Line[] {
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Line);
}

/** Lines of the file alone. */
export function readLines(path: string): Line[] {
  return linesOf(readFileSync(path, 'utf8'));
}

/** Names beside the file and its own. */
export function namesBeside(path: string): string[] {
  return readdirSync(dirname(path)).toSorted();
}

/** Opens a file as a sink: what it has grown by since the last look is one request. */
export function openFileSink(): Promise<Sink> {
  const { path, remove } = newFile();
  const requests: SinkRequest[] = [];
  let seen = 0;
  const look = (): void => {
    const text = namesBeside(path).length > 0 ? readFileSync(path, 'utf8') : '';
    const body = text.slice(seen);
    if (body !== '') requests.push({ path, headers: {}, body, bytes: Buffer.from(body), turn: 1 });
    seen = text.length;
  };
  return Promise.resolve({
    url: path,
    get requests() {
      look();
      return requests;
    },
    connections: 0,
    react: () => 'hang',
    close: () => Promise.resolve(remove()),
  });
}
