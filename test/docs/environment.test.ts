import { describe, expect, it } from 'vitest';
import { sourceFiles } from '../architecture/source.js';
import { blocksIn, page } from './pages.js';

/** Files that read the environment. */
const readers = sourceFiles('packages').filter(({ text }) => /\benv\[|read\w+\(env\b/.test(text));

/** Names that are read there: `env['NAME']`, and what is passed on to be read as one. */
function namesRead(pattern: RegExp): string[] {
  const names = readers.flatMap(({ text }) => [...text.matchAll(pattern)].map(([, name = '']) => name));
  return [...new Set(names)].toSorted();
}

const rows = page('docs/environment.md')
  .split('\n')
  .filter((line) => line.startsWith('| `'))
  .map((line) => line.split('|').map((cell) => cell.trim()));

const documented = rows.map(([, name = '']) => name.replaceAll('`', ''));

describe('the table of environment variables', () => {
  it('has every variable that is read, and no other', () => {
    const read = namesRead(/'((?:ALL|HTTPS?|LOG|LOGS|LOKI|NO|NODE|OTEL|SENTRY|THROUGHLINE)_[A-Z_]+)'/g);
    expect(read).toEqual(expect.arrayContaining(namesRead(/env\['([^']+)'\]/g)));
    expect(documented.toSorted()).toEqual(read);
  });

  it('says which ones may stand in a file', () => {
    const inFiles = rows.filter((cells) => cells[4] === 'yes').map(([, name = '']) => name.replaceAll('`', ''));
    expect(inFiles.toSorted()).toEqual(namesRead(/read(?:Secret|Headers)\(env, '([^']+)'/g));
  });

  it('has every one that a page sets', () => {
    const set = blocksIn('sh', 'ts', 'yaml').flatMap(
      ([, { code }]) => code.match(/\b(?:LOGS?|LOKI|OTEL|SENTRY)_[A-Z_]+/g) ?? [],
    );
    expect(set.filter((name) => !documented.includes(name.replace(/_FILE$/, '')))).toEqual([]);
  });
});
