/** Processor: keeps the load on one core and what is measured on another, where the system can. */
import { spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';

const measuredCore = '0';
const loadCore = '1';

export const canPin = availableParallelism() > 1 && spawnSync('taskset', ['-V']).status === 0;

/** Moves this process, which makes the load or takes what is sent, off the core of those measured. */
export function pinLoad() {
  if (canPin) spawnSync('taskset', ['-acp', loadCore, String(process.pid)]);
}

/** The command that runs `command` on the measured core. */
export function pinned(command) {
  return canPin ? ['taskset', '-c', measuredCore, ...command] : command;
}
