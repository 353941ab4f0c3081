/** Runner: every variant in a process of its own, one after the other, round by round; prints medians, spreads and ratios. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus, release, type } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import * as cost from './cost.mjs';
import * as outage from './outage.mjs';
import * as worstInput from './worst-input.mjs';

const { values: options } = parseArgs({
  options: {
    smoke: { type: 'boolean', default: false },
    rounds: { type: 'string' },
    scenario: { type: 'string' },
  },
});

const ours = ['throughline', 'throughline-spool', 'throughline-unconfigured'];
const others = ['opentelemetry', 'pino-loki', 'winston-loki'];
const scenarios = {
  cost: { ...cost, variants: [...ours, ...others], rounds: 5, compareBy: 'allUs' },
  outage: { ...outage, variants: ['throughline', 'throughline-spool', ...others], rounds: 1, compareBy: 'rssMiB' },
  'worst-input': { ...worstInput, variants: ['throughline'], rounds: 1 },
};

function runOnce(scenario, variant) {
  const child = fileURLToPath(new URL('child.mjs', import.meta.url));
  const args = ['--expose-gc', child, scenario, variant, options.smoke ? 'smoke' : 'full'];
  const { status, signal, stdout } = spawnSync(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  // So V8 ends a process whose heap is full; in a full run that is a result too.
  if (signal === 'SIGABRT' && !options.smoke) return outOfMemory;
  if (status !== 0) throw new Error(`${variant} broke in the scenario ${scenario}`);
  return JSON.parse(String(stdout).trim().split('\n').at(-1));
}

const outOfMemory = {};

/** Results by variant; interleaved, so that whatever else the machine does meets all of them. */
function runRounds(name, { variants, rounds }) {
  const count = options.smoke ? 1 : Number(options.rounds ?? rounds);
  const results = new Map(variants.map((variant) => [variant, []]));
  for (let round = 0; round < count; round++) {
    for (const variant of variants) {
      const result = runOnce(name, variant);
      if (result !== null) results.get(variant).push(result);
      process.stderr.write('.');
    }
  }
  return new Map([...results].filter(([, runs]) => runs.length > 0));
}

function median(numbers) {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];
}

function cell(numbers, digits) {
  if (numbers.includes(undefined)) return 'out of memory';
  const [low, high] = [Math.min(...numbers), Math.max(...numbers)].map((number) => number.toFixed(digits));
  return low === high ? low : `${median(numbers).toFixed(digits)} (${low}–${high})`;
}

function table({ columns, compareBy }, results) {
  const of = (runs, key) => runs.map((run) => run[key]);
  const [firstRuns] = results.values();
  if (results.size === 1) {
    const rows = columns.map(({ key, name, digits }) => [name, cell(of(firstRuns, key), digits)]);
    return [['', 'µs'], ['---', '---'], ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
  }
  const ratio = (runs) => (median(of(runs, compareBy)) / median(of(firstRuns, compareBy))).toFixed(1);
  const heads = ['', ...columns.map(({ name }) => name), ...(compareBy ? ['ratio'] : [])];
  const rows = [...results].map(([variant, runs]) => [
    variant,
    ...columns.map(({ key, digits }) => cell(of(runs, key), digits)),
    ...(compareBy ? [runs.includes(outOfMemory) ? '' : `${ratio(runs)} ×`] : []),
  ]);
  return [heads, heads.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function machine() {
  const { devDependencies } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  const names = [
    '@opentelemetry/sdk-logs',
    '@opentelemetry/exporter-logs-otlp-http',
    'pino',
    'pino-loki',
    'winston',
    'winston-loki',
  ];
  const versions = names.map((name) => `${name} ${devDependencies[name].replace('^', '')}`);
  const [cpu] = cpus();
  return [
    `${new Date().toISOString().slice(0, 10)}, Node ${process.version}, ${type()} ${release()}, ${cpus().length} × ${cpu?.model}`,
    versions.join(', '),
  ].join('; ');
}

console.log(`${machine()}\n`);
for (const [name, scenario] of Object.entries(scenarios)) {
  if (options.scenario !== undefined && options.scenario !== name) continue;
  const results = runRounds(name, scenario);
  process.stderr.write('\n');
  console.log(`### ${scenario.title}\n\n${table(scenario, results)}\n`);
}
