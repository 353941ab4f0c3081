import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root, type SourceFile, sourceFiles } from './source.js';

interface DocumentedDefault {
  readonly path: string;
  readonly option: string;
  /** The literal behind `@default`. */
  readonly literal: string;
}

/** `@default` tags whose value is a literal; one in words ("what the environment says") is not a value to compare. */
function documentedDefaults({ path, text }: SourceFile): DocumentedDefault[] {
  const tags = text.matchAll(
    /@default ((?:'[^'\n]*'|\[[^\]\n]*\]|[\d_]+|true|false)) ?(?:\*\/|\n[^/]*\*\/)\s+(?:readonly )?(\w+)\??:/g,
  );
  return [...tags].map(([, literal = '', option = '']) => ({ path, option, literal }));
}

/** Values of an option in the `…Defaults` objects that a file exports. */
async function realDefaults(path: string, option: string): Promise<unknown[]> {
  const module = (await import(join(root, path))) as Record<string, object>;
  const objects = Object.entries(module).filter(([name]) => name.endsWith('Defaults'));
  return objects.filter(([, values]) => option in values).map(([, values]) => values[option as keyof object]);
}

const documented = sourceFiles('packages').flatMap(documentedDefaults);

describe('a documented default', () => {
  it('is found where there is one', () => {
    expect(documented.length).toBeGreaterThan(8);
  });

  it.each(documented.map((entry) => [`${entry.option} in ${entry.path}`, entry] as const))(
    'is the real one: %s',
    async (_, entry) => {
      const literal: unknown = JSON.parse(entry.literal.replaceAll("'", '"').replaceAll('_', ''));
      const text = sourceFiles('packages').find(({ path }) => path === entry.path)?.text ?? '';
      const inPlace = new RegExp(`\\b${entry.option}(: \\w+)? = ${entry.literal.replace(/[[\]]/g, '\\$&')}[,; ]`).test(
        text,
      );
      const real = await realDefaults(entry.path, entry.option);
      expect(inPlace ? [literal] : real).toContainEqual(literal);
    },
  );
});
