/** Codes of trouble: the page of the exporters has each that `onProblem` may be told. */
import { expect, it } from 'vitest';
import { sourceFiles } from '../architecture/source.js';
import { page } from './pages.js';

const variables = page('docs/environment.md');

it('names every code that the exporters tell', () => {
  const texts = sourceFiles('packages/core/src/export').map(({ text }) => text);
  const codes = texts.flatMap((text) => [...text.matchAll(/'([A-Z]{2,}_[A-Z]+)'/g)].map(([, code = '']) => code));
  const told = codes.filter((code) => !variables.includes(`\`${code}\``));
  expect(told).toContain('NO_ANSWER');
  expect(told.filter((code) => !page('docs/exporters.md').includes(`\`${code}\``))).toEqual([]);
});
