/** Runner: asks one check, never a second time while it is being asked. */
import type { Clock } from '../internal/clock.js';
import { requireUp } from './indicator-result.js';
import { CheckError, failureCode, type FailureCode, isDegradation } from './failure.js';

/**
 * Asks the dependency: resolves when it answers, throws the driver's own error when it does not. An error with
 * `degraded: true` says that it works, though not as it should: a pool that is busy is not broken.
 *
 * The signal aborts when time is up. A probe should settle then, because it is not started again while it still hangs.
 */
export type Probe = (signal: AbortSignal) => unknown;

interface Timing {
  /** From the start of the run to its answer or its end of time, in milliseconds. */
  readonly durationMs: number;
  /** When that was, on the monotonic clock. */
  readonly endedAtMs: number;
}

/** How one run of a check ended. */
export type Outcome =
  | (Timing & { readonly ok: true })
  | (Timing & {
      readonly ok: false;
      /** It works, though not as it should. */
      readonly degraded: boolean;
      readonly code: FailureCode;
      readonly error: unknown;
    });

/** Asks the check, or joins the run under way; answers within the limit of that run and never rejects. */
export type Runner = (limitMs: number) => Promise<Outcome>;

/** A run whose probe has not settled, and what came of it so far. */
interface CurrentRun {
  promise: Promise<Outcome>;
  limitMs: number;
  /** Set when the time was up. */
  timedOut?: Outcome;
}

/**
 * Makes the runner of one check.
 *
 * A run that got no answer in time stays the current one until its probe settles after all. Who asks meanwhile gets its
 * `TIMEOUT` at once, so that a hanging dependency is neither asked again nor waited for again. It counts as another
 * failed run each time its limit has passed once more: else one that hangs for good would stay at a single failure.
 */
export function createRunner(probe: Probe, clock: Clock): Runner {
  let current: CurrentRun | undefined;
  return (limitMs) => {
    current ??= start(limitMs);
    const { timedOut } = current;
    if (timedOut && clock.monotonicMs() - timedOut.endedAtMs >= current.limitMs) {
      current.timedOut = { ...timedOut, endedAtMs: clock.monotonicMs() };
      current.promise = Promise.resolve(current.timedOut);
    }
    return current.promise;
  };

  function start(limitMs: number): CurrentRun {
    const promise = runOnce(probe, limitMs, clock, {
      onTimeout: (outcome) => void (run.timedOut = outcome),
      onSettled: () => (current = undefined),
    });
    const run: CurrentRun = { promise, limitMs };
    return run;
  }
}

interface RunEvents {
  readonly onTimeout: (outcome: Outcome) => void;
  readonly onSettled: () => void;
}

function runOnce(probe: Probe, limitMs: number, clock: Clock, { onTimeout, onSettled }: RunEvents): Promise<Outcome> {
  const startedAtMs = clock.monotonicMs();
  const timing = (endedAtMs = clock.monotonicMs()): Timing => ({ durationMs: endedAtMs - startedAtMs, endedAtMs });
  const controller = new AbortController();
  return new Promise((resolve) => {
    const failed = (error: unknown): Outcome => {
      return { ok: false, degraded: isDegradation(error), code: failureCode(error), error, ...timing() };
    };
    const timer = clock.after(limitMs, () => {
      const error = new CheckError('TIMEOUT', `no answer within ${Math.ceil(limitMs)} ms`);
      const outcome = failed(error);
      onTimeout(outcome);
      resolve(outcome);
      controller.abort(error);
    });
    const settle = (): void => {
      timer.cancel();
      onSettled();
    };
    // inside a promise, so that a synchronous throw is a rejection like any other
    const answered = new Promise((answer) => answer(probe(controller.signal)));
    answered.then(requireUp).then(
      () => {
        settle();
        resolve({ ok: true, ...timing() });
      },
      (error: unknown) => {
        settle();
        resolve(failed(error));
      },
    );
  });
}
