/** Faulty configuration: the contract against a core in which one line is broken, as `scripts/prove-contract.mjs` says. */
import { type Plugin, defineConfig } from 'vitest/config';
import { frameworkProjects } from '../../vitest.config.js';

/** The line as it stands in a file below `packages/core/src`, and what it becomes. */
interface Fault {
  readonly file: string;
  readonly sound: string;
  readonly broken: string;
}

/** Breaks the line when its file is loaded, if a line is to be broken; fails when it does not stand there exactly once. */
function breakLine({ file, sound, broken }: Partial<Fault>): Plugin {
  return {
    name: 'break-line',
    enforce: 'pre',
    transform(code, id) {
      if (!sound || !id.endsWith(`/packages/core/src/${file}`)) return null;
      if (code.split(sound).length !== 2) throw new Error(`${file} does not have exactly one ${sound}`);
      return { code: code.replace(sound, broken ?? ''), map: null };
    },
  };
}

/** With a fault many promises wait for what never comes; without one all are to be kept, on a busy machine too. */
const hungMs = 3000;

const fault = JSON.parse(process.env['FAULT'] ?? '') as Partial<Fault>;

export default defineConfig({
  test: {
    projects: frameworkProjects.map(({ plugins, test, ...project }) => ({
      ...project,
      plugins: [...plugins, breakLine(fault)],
      test: { ...test, ...(fault.sound !== undefined && { testTimeout: hungMs }) },
    })),
  },
});
