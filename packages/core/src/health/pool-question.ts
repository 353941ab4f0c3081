/** Pool question: one that waits for a free connection is told from one that the server does not answer. */
import type { Probe } from './check.js';
import { CheckError, failureCode } from './failure.js';

/** What was asked through a pool. */
export interface PoolQuestion {
  readonly answer: Promise<unknown>;
  /** Whether every connection of the pool was in use, so that it had to queue. */
  readonly isQueued: boolean;
}

/** Part of the limit after which a full pool is told, so that it is told before the time is up. */
const patience = 0.9;

/** A pool in which nobody's turn has come for this long is not busy: the queries that fill it hang. */
const maxBusyMs = 5_000;

/**
 * Makes a probe that asks through a pool. One that gets no connection says `OVERLOADED`, and that the service is degraded:
 * a pool that is full is busy, not broken, unless it stays so. The question keeps its place in the queue and the next run
 * waits for it too, so that a full pool is not asked again and again.
 */
export function createPoolProbe(ask: () => PoolQuestion, timeoutMs: number): Probe {
  let current: PoolQuestion | undefined;
  let fullSinceMs: number | undefined;
  return () => {
    current ??= begin();
    return current.isQueued ? orUnserved(current.answer, timeoutMs * patience, unserved) : current.answer;
  };

  function begin(): PoolQuestion {
    const question = ask();
    if (question.isQueued) fullSinceMs ??= performance.now();
    else fullSinceMs = undefined;
    question.answer.then(
      () => (current = fullSinceMs = undefined),
      () => (current = undefined),
    );
    return question;
  }

  function unserved(cause?: unknown): CheckError {
    const fullMs = performance.now() - (fullSinceMs ?? 0);
    if (fullMs > maxBusyMs)
      return new CheckError('TIMEOUT', `no connection came free for ${Math.round(fullMs)} ms`, { cause });
    return new CheckError('OVERLOADED', 'every connection of the pool is in use', { cause, degraded: true });
  }
}

/** Waits for the answer; a wait that is too long, by this limit or by the pool's own, becomes what `unserved` makes of it. */
function orUnserved(
  answer: Promise<unknown>,
  waitMs: number,
  unserved: (cause?: unknown) => CheckError,
): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(unserved()), waitMs);
    answer
      .then(resolve, (error: unknown) => reject(failureCode(error) === 'TIMEOUT' ? unserved(error) : error))
      .finally(() => clearTimeout(timer));
  });
}
