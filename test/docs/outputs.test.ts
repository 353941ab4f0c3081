import { describe, expect, it } from 'vitest';
import { outputs } from './outputs.js';
import { blocks, blocksIn } from './pages.js';

/** Keys in their order, with the kind of each value: what stays when ids, times and stacks change. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shapeOf);
  if (typeof value !== 'object' || value === null) return value === null ? 'null' : typeof value;
  return Object.entries(value).map(([key, member]) => [key, shapeOf(member)]);
}

describe('output shown on a page', () => {
  it.each(blocksIn('json'))('is JSON: %s', (_, { code }) => {
    expect(() => JSON.parse(code) as unknown).not.toThrow();
  });

  it.each(blocksIn('json').filter(([place]) => place.startsWith('docs/')))('says what produces it: %s', (_, block) => {
    expect(Object.keys(outputs)).toContain(block.output);
  });

  it.each(blocksIn('json').filter(([, { output = '' }]) => output in outputs))(
    'has the keys of the real one: %s',
    async (_, { output = '', code }) => {
      expect(shapeOf(JSON.parse(code))).toEqual(shapeOf(await outputs[output]?.()));
    },
  );

  it.each(blocksIn('text').filter(([, { output = '' }]) => output in outputs))(
    'is the real text: %s',
    async (_, { output = '', code }) => {
      expect(code).toBe(await outputs[output]?.());
    },
  );

  it.each(blocks.filter(({ output }) => output?.endsWith('-public')).map((block) => [block.output, block] as const))(
    'is word for word what a stranger gets: %s',
    async (_, { output = '', language, code }) => {
      const shown: unknown = language === 'json' ? JSON.parse(code) : code;
      expect(shown).toEqual(await outputs[output]?.());
    },
  );

  it('is all that is produced', () => {
    const shown = blocks.map(({ output }) => output);
    expect(Object.keys(outputs).filter((name) => !shown.includes(name))).toEqual([]);
  });
});
