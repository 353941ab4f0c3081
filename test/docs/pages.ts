/** Pages: what users read, with the code on them and where it stands. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));

export interface Page {
  /** Path from the project's root. */
  readonly path: string;
  readonly text: string;
}

/** A block of code. */
export interface Block {
  readonly page: string;
  /** Line of the page on which the code begins. */
  readonly line: number;
  readonly language: string;
  readonly code: string;
  /** What produces the block, when it shows output: the word in `<!-- output: word -->` above it. */
  readonly output: string | undefined;
}

/** The README of the project, those of the packages, and everything under `docs`. */
export const pages: readonly Page[] = [
  'README.md',
  ...readdirSync(join(root, 'packages')).map((name) => join('packages', name, 'README.md')),
  ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' }).map((path) => join('docs', path)),
]
  .filter((path) => path.endsWith('.md') && existsSync(join(root, path)))
  .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));

/** A block between fences, and the name of what produces it. */
const fenced = /(?:<!-- output: (?<output>[\w-]+) -->\n+)?^```(?<language>\w+)\n(?<code>[\s\S]*?)^```$/gm;

export const blocks: readonly Block[] = pages.flatMap(blocksOf);

function blocksOf({ path, text }: Page): Block[] {
  return [...text.matchAll(fenced)].map(({ index, 0: whole, groups: { output, language, code } = {} }) => {
    const start = index + whole.indexOf('```');
    return {
      page: path,
      line: text.slice(0, start).split('\n').length + 1,
      language: language ?? '',
      code: code ?? '',
      output,
    };
  });
}

/** The blocks of a language as rows for `it.each`, named after page and line. */
export function blocksIn(...languages: string[]): [place: string, block: Block][] {
  return blocks
    .filter(({ language }) => languages.includes(language))
    .map((block) => [`${block.page}:${block.line}`, block]);
}

/** The text of a page. */
export function page(path: string): string {
  return readFileSync(join(root, path), 'utf8');
}
