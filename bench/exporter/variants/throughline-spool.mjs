/** Throughline with errors on disk before they count as taken; left out while the option does nothing. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeError } from '../errors.mjs';
import { start as startInMemory } from './throughline.mjs';

export function start(sink) {
  const directory = mkdtempSync(join(tmpdir(), 'throughline-bench-'));
  process.on('exit', () => rmSync(directory, { recursive: true, force: true }));
  const started = startInMemory(sink, { spool: { directory } });
  started.take(makeError(0));
  return readdirSync(directory).length > 0 ? started : undefined;
}
