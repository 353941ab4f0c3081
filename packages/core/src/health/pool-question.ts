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

/**
 * Makes a probe that asks through a pool. One that gets no connection says `OVERLOADED`, and that the service is degraded:
 * a pool that is full is busy, not broken. The question keeps its place in the queue and the next run waits for it too,
 * so that a full pool is not asked again and again.
 */
export function createPoolProbe(ask: () => PoolQuestion, timeoutMs: number): Probe {
  let current: PoolQuestion | undefined;
  return () => {
    current ??= begin();
    return current.isQueued ? answerOrBusy(current.answer, timeoutMs * patience) : current.answer;
  };

  function begin(): PoolQuestion {
    const question = ask();
    const settle = (): void => void (current = undefined);
    question.answer.then(settle, settle);
    return question;
  }
}

function answerOrBusy(answer: Promise<unknown>, waitMs: number): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(busy()), waitMs);
    const settle = (then: () => void): void => {
      clearTimeout(timer);
      then();
    };
    answer.then(
      (given) => settle(() => resolve(given)),
      // the pool's own limit for the wait
      (error: unknown) => settle(() => reject(failureCode(error) === 'TIMEOUT' ? busy(error) : error)),
    );
  });
}

function busy(cause?: unknown): CheckError {
  const error = new CheckError('OVERLOADED', 'every connection of the pool is in use', { cause });
  return Object.assign(error, { degraded: true });
}
