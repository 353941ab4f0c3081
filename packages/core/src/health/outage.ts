/** Outage: told once when a check goes down, once when it is back. */
import type { FailureCode } from './failure.js';
import type { Standing } from './standing.js';

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
      /** From the first run that failed to the run that ended the outage, in milliseconds. */
      readonly outageMs: number;
    };

/** Makes the watch of one check. It is shown the standing after each run, with the end of that run. */
export function watchOutage(
  name: string,
  required: boolean,
  onChange: (change: HealthChange) => void,
): (standing: Standing, atMs: number) => void {
  let failingSinceMs: number | undefined;
  let isDown = false;
  return ({ status, failures, code = 'EXCEPTION', error }, atMs) => {
    if (failures > 0) failingSinceMs ??= atMs;
    if (status === 'down') {
      if (!isDown) tell(onChange, { name, required, status: 'down', code, error });
      isDown = true;
      return;
    }
    if (isDown) tell(onChange, { name, required, status: 'ok', outageMs: atMs - (failingSinceMs ?? atMs) });
    isDown = false;
    if (failures === 0) failingSinceMs = undefined;
  };
}

/** A listener that throws, now or later, has no say in how healthy the service is. */
function tell(onChange: (change: HealthChange) => unknown, change: HealthChange): void {
  new Promise((resolve) => resolve(onChange(change))).catch(() => {});
}
