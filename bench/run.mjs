/** Benchmarks: runs the scenarios, prints a table for each, and writes their figures where asked. */
import { parseArgs } from 'node:util';
import { machine, machineLine } from './runner/machine.mjs';
import { pinLoad } from './runner/processor.mjs';
import { describeAll, runRounds, runSmoke } from './runner/rounds.mjs';
import { table } from './runner/table.mjs';
import { contextRead } from './scenarios/context-read.mjs';
import { express } from './scenarios/express.mjs';
import { koa } from './scenarios/koa.mjs';
import { line } from './scenarios/line.mjs';
import { nest } from './scenarios/nest.mjs';
import { suppressed } from './scenarios/suppressed.mjs';

const scenarios = [express, koa, nest, line, suppressed, contextRead];

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

if (!options.smoke) pinLoad();
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
  if (options.smoke) return runSmoke(scenario, setting);
  const works = await describeAll(scenario, setting);
  const runs = await runRounds(scenario, Number(options.rounds ?? scenario.rounds), setting);
  console.log(`### ${scenario.title}\n\n${table(scenario, { runs, works })}\n`);
  console.log(`${machineLine(machine(node, scenario.packages))}\n`);
}
