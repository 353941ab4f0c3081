import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { getObservability } from '@throughline/core';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type Block, blocksIn, pages, root } from './pages.js';
import { emptyFolder, writeSnippet } from './snippet-file.js';

const snippets = blocksIn('ts');

/** Mistakes that the compiler finds in the snippets, each with page and line. */
function compile(): string[] {
  const folder = emptyFolder('compiled');
  for (const [, snippet] of snippets) writeSnippet(folder, snippet);
  const compilerOptions = {
    noEmit: true,
    moduleDetection: 'force',
    noUnusedLocals: false,
    noUnusedParameters: false,
    isolatedDeclarations: false,
    declaration: false,
    declarationMap: false,
    experimentalDecorators: true,
    emitDecoratorMetadata: true,
    customConditions: ['@throughline/source'],
  };
  const config = { extends: join(root, 'tsconfig.base.json'), compilerOptions, include: ['./**/*.ts'] };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
  const tsc = join(root, 'node_modules/@typescript/native/bin/tsc');
  const { stdout } = spawnSync(process.execPath, [tsc, '-p', folder, '--pretty', 'false'], {
    cwd: folder,
    encoding: 'utf8',
  });
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.replace(/^(.*\.md)\/\d+\.ts\((\d+),\d+\)/, '$1:$2'));
}

describe('every TypeScript snippet', () => {
  it('compiles under strict', { timeout: 120_000 }, () => {
    expect(snippets.length).toBeGreaterThan(20);
    expect(compile()).toEqual([]);
  });
});

/** A line that tells its value: `getRequestId(); // → 'demo-1'`. */
const telling = /^(\s*)((?:const (\w+) = )?.+;) \/\/ → (.+)$/;

/** The snippet with each line that tells a value followed by a claim, on the same line. */
function withClaims({ code, line }: Block): string {
  const claim = (text: string, index: number): string => {
    const [, indent, statement = '', name, expected] = telling.exec(text) ?? [];
    if (expected === undefined) return text;
    const [before, value] = name === undefined ? ['', statement.slice(0, -1)] : [statement, name];
    return `${indent}${before} claim(${line + index}, ${value}, ${expected});`;
  };
  return code.split('\n').map(claim).join('\n');
}

describe('a snippet that tells its values', () => {
  const folder = emptyFolder('claimed');

  afterEach(async () => {
    await getObservability().close();
    vi.unstubAllEnvs();
    vi.unstubAllGlobals();
  });

  it.each(snippets.filter(([, { code }]) => code.includes('// → ')))('is right: %s', async (_, snippet) => {
    const wrong: object[] = [];
    const told = new Set<number>();
    vi.stubEnv('LOG_LEVEL', 'silent');
    vi.stubGlobal('claim', (line: number, real: unknown, shown: unknown) => {
      told.add(line);
      if (!isDeepStrictEqual(real, shown)) wrong.push({ place: `${snippet.page}:${line}`, real, shown });
    });
    await import(writeSnippet(folder, { ...snippet, code: withClaims(snippet) }));
    expect(wrong).toEqual([]);
    expect(told.size).toBe(snippet.code.split('// → ').length - 1);
  });
});

interface Manifest {
  readonly name: string;
  readonly scripts: Readonly<Record<string, string>>;
}

const manifest = readManifest('package.json');
const ourPackages = readdirSync(join(root, 'packages')).map((name) => readManifest(`packages/${name}/package.json`));

function readManifest(path: string): Manifest {
  return JSON.parse(readFileSync(join(root, path), 'utf8')) as Manifest;
}

/** What a shell line names that does not exist: a script of npm's, a package, a file of the project, a part of a URL. */
function missing(line: string): string[] {
  const [, script] = /\bnpm (?:run )?(?:-s )?([\w:-]+)/.exec(line) ?? [];
  const isInstall = script === 'install' || script === 'i' || script === 'ci';
  const words = line.split(/\s+/);
  return [
    ...(script && !isInstall && !(script in manifest.scripts) ? [`npm ${script}`] : []),
    ...words.filter((word) => word.startsWith('@throughline/') && !ourPackages.some(({ name }) => name === word)),
    ...words.filter((word) => /^(\.\/|\.ci\/|(docs|examples|packages|scripts|test)\/)/.test(word) && !isThere(word)),
    ...words.filter((word) => word.startsWith('http') && !URL.canParse(word)),
  ];
}

function isThere(path: string): boolean {
  return existsSync(join(root, path));
}

describe('every shell snippet', () => {
  it.each(blocksIn('sh'))('names what exists: %s', (_, { code }) => {
    expect(code.split('\n').flatMap(missing)).toEqual([]);
  });
});

describe('every page', () => {
  it.each(pages.map((page) => [page.path, page] as const))('links to what exists: %s', (_, { path, text }) => {
    const links = [...text.matchAll(/\]\((?!https?:|#)([^)#\s]+)(?:#[^)]*)?\)/g)].map(([, target = '']) => target);
    expect(links.filter((target) => !isThere(join(dirname(path), target)))).toEqual([]);
  });

  it('is reachable from another one', () => {
    const linked = new Set(
      pages.flatMap(({ path, text }) =>
        [...text.matchAll(/\]\(([^)#\s]+\.md)/g)].map(([, target = '']) => join(dirname(path), target)),
      ),
    );
    expect(pages.map(({ path }) => path).filter((path) => path.startsWith('docs/') && !linked.has(path))).toEqual([]);
  });
});
