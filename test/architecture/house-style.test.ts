import { describe, expect, it } from 'vitest';
import { sourceFiles } from './source.js';

const files = sourceFiles('packages');
const lines = (text: string): number => text.split('\n').length - 1;

describe('every source file', () => {
  it('opens with one line that says why it exists', () => {
    expect(files.filter(({ text }) => !/^\/\*\* \S.*\. \*\/\n/.test(text)).map(({ path }) => path)).toEqual([]);
  });

  it('has at most 250 lines, half of them at most 70', () => {
    const lengths = files.map(({ text }) => lines(text)).toSorted((a, b) => a - b);
    expect(lengths.at(-1)).toBeLessThanOrEqual(250);
    expect(lengths[Math.floor(lengths.length / 2)]).toBeLessThanOrEqual(70);
  });

  it('is named after what it holds, never utils, common, shared, types or constants', () => {
    expect(
      files
        .filter(({ path }) => /\/(utils?|common|shared|types|constants|helpers)(\.ts|\/)/.test(path))
        .map(({ path }) => path),
    ).toEqual([]);
  });

  it('has no any, and suppresses no check without a reason', () => {
    const suspect =
      /: any[;,)=[|>]|: any =|\bas any\b|<any>|@ts-(ignore|expect-error)|oxlint-disable(?!-next-line [\w/-]+ -- \S)/;
    expect(files.filter(({ text }) => suspect.test(text)).map(({ path }) => path)).toEqual([]);
  });

  it('never writes to the console', () => {
    expect(files.filter(({ text }) => /\bconsole\./.test(text)).map(({ path }) => path)).toEqual([]);
  });

  it('never ends the process, but for the one that was told to by a signal', () => {
    const ending = files.filter(({ text }) => /process\.exit\(/.test(text)).map(({ path }) => path);
    expect(ending).toEqual(['packages/core/src/shutdown/own-process.ts']);
  });
});

describe('an adapter stays thin', () => {
  it.each([
    ['express', 60],
    ['koa', 60],
    ['nest', 150],
  ])('%s: no file over %i lines', (name, most) => {
    expect(
      sourceFiles(`packages/${name}/src`)
        .filter(({ text }) => lines(text) > most)
        .map(({ path }) => path),
    ).toEqual([]);
  });
});
