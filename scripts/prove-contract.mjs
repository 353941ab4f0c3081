// Proves that the contract suite is strong: with one line of the core broken, every cell has to notice.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const cellCount = 10;

/** `leastShare` is the least part of a cell's promises that has to fail; without a fault none may. */
const faults = [
  { name: 'nothing is broken', leastShare: 0 },
  {
    name: 'the context is not propagated',
    leastShare: 0.4,
    file: 'context/current.ts',
    sound: 'return storage.run(scope, work, ...args);',
    broken: 'return work(...args);',
  },
  {
    name: 'aborted is always false',
    leastShare: 0.01,
    file: 'http/access-line.ts',
    sound: 'const aborted = !exchange.isSent && !endsWithConnection(exchange);',
    broken: 'const aborted = false;',
  },
  {
    name: 'the id is not sent back',
    leastShare: 0.01,
    file: 'http/request-id.ts',
    sound: "responseHeader: 'X-Request-Id',",
    broken: "responseHeader: 'X-Another',",
  },
];

/** Runs the contract on all cells, and counts what failed in each. */
function runContract(fault) {
  const folder = mkdtempSync(join(tmpdir(), 'throughline-contract-'));
  const results = join(folder, 'results.json');
  const config = ['--config', 'test/contract/faulty.config.ts', '--root', '.'];
  const report = ['--reporter', 'json', '--outputFile', results];
  const env = { ...process.env, FAULT: JSON.stringify(fault) };
  const { stderr } = spawnSync(
    process.execPath,
    ['node_modules/vitest/vitest.mjs', 'run', 'contract.test.ts', ...config, ...report],
    { env, encoding: 'utf8' },
  );
  try {
    return countByCell(JSON.parse(readFileSync(results, 'utf8')), stderr);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function countByCell({ testResults }, stderr) {
  const cells = new Map();
  for (const { message, assertionResults } of testResults) {
    if (assertionResults.length === 0) throw new Error(`the contract did not run: ${message || stderr}`);
    for (const { ancestorTitles, status } of assertionResults) {
      const [cell] = ancestorTitles;
      // The promise that a cell runs on its own framework belongs to no cell.
      if (cell === undefined) continue;
      const count = cells.get(cell) ?? { promises: 0, failed: 0 };
      count.promises++;
      if (status === 'failed') count.failed++;
      cells.set(cell, count);
    }
  }
  return cells;
}

/** Whether as much of a cell's promises failed as has to. */
function isRight({ leastShare }, { promises, failed }) {
  return leastShare === 0 ? failed === 0 : failed >= leastShare * promises;
}

for (const fault of faults) {
  console.log(`\nwhen ${fault.name}:`);
  const cells = runContract(fault);
  if (cells.size !== cellCount) throw new Error(`the contract ran on ${cells.size} cells and not on ${cellCount}`);
  for (const [cell, count] of cells) {
    const verdict = isRight(fault, count) ? 'right' : 'WRONG';
    if (verdict === 'WRONG') process.exitCode = 1;
    console.log(
      `  ${cell.padEnd(20)} ${String(count.failed).padStart(3)} of ${count.promises} promises fail: ${verdict}`,
    );
  }
}
