/** Suspend: stops processes with SIGSTOP, and waits until the system has done so. */
import { execFileSync } from 'node:child_process';
import { vi } from 'vitest';

/** The signal is only a request: threads that run on another core go on for a moment. */
export async function suspendProcesses(pids: readonly number[]): Promise<void> {
  for (const pid of pids) process.kill(pid, 'SIGSTOP');
  await vi.waitUntil(() => threadStates(pids).every((state) => state.startsWith('T')), { interval: 5, timeout: 5000 });
}

function threadStates(pids: readonly number[]): string[] {
  const threads = process.platform === 'linux' ? ['-L'] : [];
  const listed = execFileSync('ps', [...threads, '-o', 'state=', '-p', pids.join(',')], { encoding: 'utf8' });
  return listed.trim().split(/\s+/);
}
