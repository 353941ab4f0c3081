/** Performance page: its tables are written by a run, each between two marks; what stands around them is by hand. */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const page = fileURLToPath(new URL('../../docs/performance.md', import.meta.url));

/**
 * Puts the text in place of what stood between the marks of the scenario; on a run with another Node than that of the
 * page, of the scenario and that Node.
 *
 * @throws {Error} When the page has no such marks.
 */
export function writeSection(scenario, version, text) {
  const name = version === undefined ? scenario : `${scenario}, Node ${version}`;
  const [start, end] = [`<!-- figures: ${name} -->`, '<!-- end -->'];
  const before = readFileSync(page, 'utf8');
  const from = before.indexOf(start) + start.length;
  const to = before.indexOf(end, from);
  if (from < start.length || to === -1) throw new Error(`docs/performance.md has no ${start} with ${end} after it`);
  writeFileSync(page, `${before.slice(0, from)}\n\n${text}\n\n${before.slice(to)}`);
  execFileSync('npx', ['oxfmt', page]);
}
