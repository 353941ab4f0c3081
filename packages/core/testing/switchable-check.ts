/** Switchable check: a dependency that is down when the test says so. */
import type { HealthCheck } from '../src/health/check.js';

export const refused = (): Error =>
  Object.assign(new Error('connect ECONNREFUSED 10.0.0.1:5432'), { code: 'ECONNREFUSED' });

/** A check that fails while `down` is set, and counts its runs. */
export function switchable(options: Partial<HealthCheck> = {}): HealthCheck & { down: boolean; runs: number } {
  const check = {
    down: false,
    runs: 0,
    async probe() {
      check.runs += 1;
      if (check.down) throw refused();
    },
    ...options,
  };
  return check;
}
