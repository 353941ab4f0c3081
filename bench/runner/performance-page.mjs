/** Performance page: its tables are written by a run, each between two marks; what stands around them is by hand. */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const page = fileURLToPath(new URL('../../docs/performance.md', import.meta.url));
const end = '<!-- end -->';

/**
 * The section of a scenario, of a run with another Node than that of the page when a version is given.
 *
 * @throws {Error} When the page has no marks for it.
 */
export function findSection(scenario, version) {
  const start = `<!-- figures: ${version === undefined ? scenario : `${scenario}, Node ${version}`} -->`;
  if (!readFileSync(page, 'utf8').includes(start)) throw new Error(`docs/performance.md has no ${start}`);
  return {
    /** Puts the text in place of what stood there. */
    write(text) {
      const before = readFileSync(page, 'utf8');
      const from = before.indexOf(start) + start.length;
      writeFileSync(page, `${before.slice(0, from)}\n\n${text}\n\n${before.slice(before.indexOf(end, from))}`);
      execFileSync('npx', ['oxfmt', page]);
    },
  };
}
