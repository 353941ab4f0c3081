/** Snippet file: a snippet as a file that can be compiled and run, each line where it stands on its page. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Block, root } from './pages.js';

/** An empty folder below the project's root, so that packages are found from it. */
export function emptyFolder(name: string): string {
  const folder = join(root, '.cache/docs-snippets', name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** Writes a snippet to `PAGE/LINE.ts`, behind as many empty lines as the page has lines before it. */
export function writeSnippet(folder: string, { page, line, code }: Block): string {
  const file = join(folder, page, `${line}.ts`);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, '\n'.repeat(line - 1) + code);
  return file;
}
