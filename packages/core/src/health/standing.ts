/** Standing: what a check is taken for after its runs so far; one odd run need not turn it. */
import type { FailureCode } from './failure.js';
import type { Outcome } from './runner.js';

/** State of one dependency. */
export type ComponentStatus = 'ok' | 'degraded' | 'down' | 'unknown' | 'disabled';

export interface Standing {
  readonly status: Exclude<ComponentStatus, 'disabled'>;
  /** Runs in a row that failed, up to now. */
  readonly failures: number;
  /** Runs in a row that did not fail, up to now. */
  readonly passes: number;
  /** Why it is not ok. */
  readonly code?: FailureCode;
  readonly error?: unknown;
}

/** How many runs in a row turn a standing. */
export interface Hysteresis {
  readonly failAfter: number;
  readonly passAfter: number;
}

/** The standing before the first run. */
export const firstStanding: Standing = { status: 'unknown', failures: 0, passes: 0 };

/** Weighs one more run. The first run that succeeds is believed at once; only who was down has to prove itself. */
export function nextStanding(before: Standing, outcome: Outcome, { failAfter, passAfter }: Hysteresis): Standing {
  const reason = outcome.ok ? {} : { code: outcome.code, error: outcome.error };
  if (outcome.ok || outcome.degraded) {
    const counts = { failures: 0, passes: before.passes + 1 };
    if (before.status === 'down' && counts.passes < passAfter) return { ...before, ...counts };
    return { status: outcome.ok ? 'ok' : 'degraded', ...counts, ...reason };
  }
  const counts = { failures: before.failures + 1, passes: 0 };
  if (before.status === 'down' || counts.failures >= failAfter) return { status: 'down', ...counts, ...reason };
  return { ...before, ...counts };
}
