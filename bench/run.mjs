/** Benchmarks: runs the scenarios, prints a table for each, and writes their figures where asked. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { machine, machineLine } from './runner/machine.mjs';
import { nodeBinary } from './runner/node-binary.mjs';
import { findSection } from './runner/performance-page.mjs';
import { pinLoad } from './runner/processor.mjs';
import { describeAll, runRounds, runSmoke } from './runner/rounds.mjs';
import { table } from './runner/table.mjs';
import { concurrency } from './scenarios/concurrency.mjs';
import { contextRead } from './scenarios/context-read.mjs';
import { exporterCost } from './scenarios/exporter-cost.mjs';
import { exporterOutage } from './scenarios/exporter-outage.mjs';
import { exporterWorstInput } from './scenarios/exporter-worst-input.mjs';
import { express } from './scenarios/express.mjs';
import { health } from './scenarios/health.mjs';
import { importTime } from './scenarios/import.mjs';
import { koa } from './scenarios/koa.mjs';
import { line } from './scenarios/line.mjs';
import { memory } from './scenarios/memory.mjs';
import { metrics } from './scenarios/metrics.mjs';
import { nest } from './scenarios/nest.mjs';
import { outbound } from './scenarios/outbound.mjs';
import { routes } from './scenarios/routes.mjs';
import { start } from './scenarios/start.mjs';
import { suppressed } from './scenarios/suppressed.mjs';

const requests = [express, koa, nest, outbound];
const calls = [line, suppressed, contextRead];
const processes = [importTime, start, memory, routes, concurrency];
const exports = [exporterCost, exporterOutage, exporterWorstInput];
const scenarios = [...requests, ...calls, health, metrics, ...processes, ...exports];

const { values: options, positionals: wanted } = parseArgs({
  allowPositionals: true,
  options: {
    smoke: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    docs: { type: 'boolean', default: false },
    rounds: { type: 'string' },
    variants: { type: 'string' },
    node: { type: 'string' },
  },
});

const unknown = wanted.filter((name) => !scenarios.some((scenario) => scenario.name === name));
if (unknown.length > 0) throw new Error(`no scenario ${unknown}; there are ${scenarios.map(({ name }) => name)}`);

if (options.docs && options.variants !== undefined) throw new Error('a part of a table is not for docs/performance.md');

if (!options.smoke) pinLoad();
const setting = { isSmoke: options.smoke, node: nodeBinary(options.node) };
for (const scenario of scenarios) {
  if (wanted.length > 0 && !wanted.includes(scenario.name)) continue;
  await (options.smoke
    ? runSmoke(scenario, setting)
    : run({ ...scenario, variants: scenario.variants.filter(isWanted) }));
}
process.exit();

function isWanted(variant) {
  return options.variants === undefined || options.variants.split(',').includes(variant);
}

async function run(scenario) {
  // Found and read beforehand: a run of an hour is not to end on a page without its marks, or name a later commit.
  const section = options.docs ? findSection(scenario.name, options.node) : undefined;
  const made = machine(setting.node, scenario.packages);
  const works = await describeAll(scenario, setting);
  const runs = await runRounds(scenario, Number(options.rounds ?? scenario.rounds), setting);
  const text = `${table(scenario, { runs, works })}\n\n${machineLine(made)}`;
  console.log(`### ${scenario.title}\n\n${text}\n`);
  if (options.json) writeFigures(scenario, { machine: made, runs, works });
  section?.write(text);
}

/** Keeps the figures as they were measured, one file a scenario and Node. */
function writeFigures({ name, title }, figures) {
  const folder = new URL('../.cache/bench/', import.meta.url);
  mkdirSync(folder, { recursive: true });
  const file = new URL(`${name}-node${figures.machine.node.slice(1).split('.')[0]}.json`, folder);
  writeFileSync(file, `${JSON.stringify({ name, title, ...figures }, undefined, 2)}\n`);
}
