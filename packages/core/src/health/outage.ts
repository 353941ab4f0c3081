/** Outage: told once when a check goes down, once when it is back. */
import type { FailureCode } from './failure.js';
import type { Outcome } from './runner.js';

/** A check went down, or came back. */
export type HealthChange =
  | {
      readonly name: string;
      readonly required: boolean;
      readonly status: 'down';
      readonly code: FailureCode;
      /** What the probe threw; it may hold hosts and credentials. */
      readonly error: unknown;
    }
  | {
      readonly name: string;
      readonly required: boolean;
      readonly status: 'ok';
      /** From the first run that failed to the first that did not, in milliseconds. */
      readonly outageMs: number;
    };

/** Makes the watch of one check. It may be shown the same outcome by many probes; only the first one counts. */
export function watchOutage(
  name: string,
  required: boolean,
  onChange: (change: HealthChange) => void,
): (outcome: Outcome) => void {
  let downSinceMs: number | undefined;
  return (outcome) => {
    if (outcome.ok && downSinceMs !== undefined) {
      const outageMs = outcome.endedAtMs - downSinceMs;
      downSinceMs = undefined;
      tell(onChange, { name, required, status: 'ok', outageMs });
    } else if (!outcome.ok && downSinceMs === undefined) {
      downSinceMs = outcome.endedAtMs;
      tell(onChange, { name, required, status: 'down', code: outcome.code, error: outcome.error });
    }
  };
}

/** A listener that throws, now or later, has no say in how healthy the service is. */
function tell(onChange: (change: HealthChange) => unknown, change: HealthChange): void {
  new Promise((resolve) => resolve(onChange(change))).catch(() => {});
}
