import { describe, expect, it } from 'vitest';
import { type SourceFile, sourceFiles } from './source.js';

const files = sourceFiles('packages');

/** Files that are an entry themselves; the others of core are reached through an `index.ts`. */
const isEntry = ({ path }: SourceFile): boolean =>
  /\/(index|bridges\/[\w-]+|checks\/[\w-]+|exporters\/[\w-]+)\.ts$/.test(path);

/** Names that an `index.ts` gives on from other files. */
function handedOn({ text }: SourceFile): string[] {
  return [...text.matchAll(/^export (?:type )?\{([^}]+)\}/gm)]
    .flatMap(([, names = '']) => names.split(','))
    .map((name) => name.replace(/\btype\b/, '').trim())
    .filter((name) => name !== '');
}

const publicNames = new Set(files.filter(isEntry).flatMap(handedOn));

/** Public declarations without a comment right above them, or above their decorators. */
function undocumented(file: SourceFile): string[] {
  const declarations = file.text.matchAll(/(.*\n)export (?:function|class|interface|type|const) (\w+)/g);
  return [...declarations]
    .filter(([, , name = '']) => isEntry(file) || publicNames.has(name))
    .filter(([, above = '']) => !/(\*\/|\))\n$/.test(above))
    .map(([, , name = '']) => `${file.path}: ${name}`);
}

describe('every public name', () => {
  it('says what it is', () => {
    expect(publicNames.size).toBeGreaterThan(40);
    expect(files.flatMap(undocumented)).toEqual([]);
  });
});
