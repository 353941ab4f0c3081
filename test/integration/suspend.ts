/** Suspend: sends signals to processes of which some may be gone, and waits until those that were stopped stand still. */
import { execFileSync } from 'node:child_process';
import { vi } from 'vitest';

/** Sends a signal to those that are still there: connections end, and their processes with them. */
export function signalAll(pids: readonly number[], signal: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, signal);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }
}

/**
 * The signal is only a request: threads that run on another core go on for a moment. One that ended meanwhile stays a
 * zombie, because its parent is stopped too.
 */
export async function suspendProcesses(pids: readonly number[]): Promise<void> {
  signalAll(pids, 'SIGSTOP');
  await vi.waitUntil(() => threadStates(pids).every((state) => /^[TZ]/.test(state)), { interval: 5, timeout: 15_000 });
}

function threadStates(pids: readonly number[]): string[] {
  const threads = process.platform === 'linux' ? ['-L'] : [];
  const listed = execFileSync('ps', [...threads, '-o', 'state=', '-p', pids.join(',')], { encoding: 'utf8' });
  return listed.trim().split(/\s+/);
}
