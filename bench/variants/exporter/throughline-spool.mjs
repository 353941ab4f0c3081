/** Throughline with errors on disk before they count as taken. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { start as startInMemory } from './throughline.mjs';

export function start(sink) {
  const directory = mkdtempSync(join(tmpdir(), 'throughline-bench-'));
  process.on('exit', () => rmSync(directory, { recursive: true, force: true }));
  return startInMemory(sink, { spool: { directory } });
}
