/** Benchmarks: runs the scenarios, prints a table for each, and writes their figures where asked. */
import { parseArgs } from 'node:util';
import { machine, machineLine } from './runner/machine.mjs';
import { pinLoad } from './runner/processor.mjs';
import { describeAll, runRounds } from './runner/rounds.mjs';
import { table } from './runner/table.mjs';
import { express } from './scenarios/express.mjs';

const scenarios = [express];

const { values: options, positionals: wanted } = parseArgs({
  allowPositionals: true,
  options: {
    smoke: { type: 'boolean', default: false },
    rounds: { type: 'string' },
    variants: { type: 'string' },
    node: { type: 'string' },
  },
});

const unknown = wanted.filter((name) => !scenarios.some((scenario) => scenario.name === name));
if (unknown.length > 0) throw new Error(`no scenario ${unknown}; there are ${scenarios.map(({ name }) => name)}`);

pinLoad();
const node = process.execPath;
for (const scenario of scenarios) {
  if (wanted.length > 0 && !wanted.includes(scenario.name)) continue;
  await run(scenario);
}
process.exit();

function isWanted(variant) {
  return options.variants === undefined || options.variants.split(',').includes(variant);
}

async function run(whole) {
  const scenario = { ...whole, variants: whole.variants.filter(isWanted) };
  const setting = { isSmoke: options.smoke, node };
  const works = await describeAll(scenario, setting);
  const rounds = options.smoke ? 1 : Number(options.rounds ?? scenario.rounds);
  const runs = await runRounds(scenario, rounds, setting);
  if (options.smoke) return;
  console.log(`### ${scenario.title}\n\n${table(scenario, { runs, works })}\n`);
  console.log(`${machineLine(machine(node, scenario.packages))}\n`);
}
