/** Runner: asks one check, never a second time while it is being asked. */
import type { Clock } from '../internal/clock.js';
import type { Probe } from './check.js';
import { CheckError, failureCode, type FailureCode } from './failure.js';

interface Timing {
  /** From the start of the run to its answer or its end of time, in milliseconds. */
  readonly durationMs: number;
  /** When that was, on the monotonic clock. */
  readonly endedAtMs: number;
}

/** How one run of a check ended. */
export type Outcome =
  | (Timing & { readonly ok: true })
  | (Timing & { readonly ok: false; readonly code: FailureCode; readonly error: unknown });

/** Asks the check, or joins the run under way; answers within the limit of that run and never rejects. */
export type Runner = (limitMs: number) => Promise<Outcome>;

/**
 * Makes the runner of one check.
 *
 * A run that got no answer in time stays the current one until its probe settles after all. Who asks meanwhile gets its
 * `TIMEOUT` at once, so that a hanging dependency is neither asked again nor waited for again.
 */
export function createRunner(probe: Probe, clock: Clock): Runner {
  let current: Promise<Outcome> | undefined;
  return (limitMs) => {
    current ??= runOnce(probe, limitMs, clock, () => (current = undefined));
    return current;
  };
}

function runOnce(probe: Probe, limitMs: number, clock: Clock, onSettled: () => void): Promise<Outcome> {
  const startedAtMs = clock.monotonicMs();
  const timing = (endedAtMs = clock.monotonicMs()) => ({ durationMs: endedAtMs - startedAtMs, endedAtMs });
  const controller = new AbortController();
  return new Promise((resolve) => {
    const fail = (error: unknown) => resolve({ ok: false, code: failureCode(error), error, ...timing() });
    const timer = clock.after(limitMs, () => {
      const error = new CheckError('TIMEOUT', `no answer within ${Math.ceil(limitMs)} ms`);
      fail(error);
      controller.abort(error);
    });
    const settle = () => {
      timer.cancel();
      onSettled();
    };
    // inside a promise, so that a synchronous throw is a rejection like any other
    new Promise((answer) => answer(probe(controller.signal))).then(
      () => {
        settle();
        resolve({ ok: true, ...timing() });
      },
      (error: unknown) => {
        settle();
        fail(error);
      },
    );
  });
}
