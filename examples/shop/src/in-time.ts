/** In time: holds to a limit as a machine keeps it that has nothing else to do; a busy one is given as much more as it takes. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { until } from './until.js';

/** How long is waited for what is promised without a limit. */
export const patienceMs = 60_000;

/** @throws {Error} When the condition does not hold in time. */
export async function inTime(limitMs: number, condition: () => boolean | Promise<boolean>): Promise<void> {
  const startMs = performance.now();
  const before = busyness();
  await until(patienceMs, condition);
  const tookMs = performance.now() - startMs;
  assert(tookMs < limitMs * Math.max(before, busyness()), `it took ${Math.round(tookMs)} ms and not ${limitMs}`);
}

/** How many times longer the start of a process takes than its processor time. */
function busyness(): number {
  const script =
    'const { user, system } = process.cpuUsage(); console.log((performance.now() * 1000) / (user + system))';
  return Math.max(1, Number(execFileSync(process.execPath, ['-e', script], { encoding: 'utf8' })));
}
