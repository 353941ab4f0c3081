/** Source: the files of our packages, and what each imports. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));

export interface SourceFile {
  /** Path from the project's root, such as `packages/core/src/log/line.ts`. */
  readonly path: string;
  readonly text: string;
  /** What it imports, types included: names of packages, or paths from the project's root. */
  readonly imports: readonly string[];
}

/** All TypeScript files below a folder of the project that are not tests. */
export function sourceFiles(folder: string): SourceFile[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts') && !/(^|\/)(node_modules|dist)\//.test(path))
    .map((path) => read(join(folder, path)))
    .toSorted((a, b) => a.path.localeCompare(b.path));
}

function read(path: string): SourceFile {
  const text = readFileSync(join(root, path), 'utf8');
  const specifiers = [...text.matchAll(/(?:^|\s)(?:import|export)\s[^'";]*?from\s+'([^']+)'|import\(?\s*'([^']+)'/g)];
  const imports = specifiers.map(([, from, bare]) => resolve(path, from ?? bare ?? ''));
  return { path, text, imports };
}

function resolve(path: string, specifier: string): string {
  if (!specifier.startsWith('.')) return specifier;
  return relative(root, join(root, dirname(path), specifier)).replace(/\.js$/, '.ts');
}
