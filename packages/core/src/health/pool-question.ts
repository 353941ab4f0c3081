/** Pool question: one that waits for a free connection is told from one that the server does not answer. */
import type { Probe } from './check.js';
import { CheckError, failureCode } from './failure.js';

/** What was asked through a pool. */
export interface PoolQuestion {
  readonly answer: Promise<unknown>;
  /** Whether it waits for a connection that others use, as far as the pool tells. */
  isQueued(): boolean;
}

/** Part of the limit after which a full pool is told, so that it is told before the time is up. */
const patience = 0.9;

/** A pool in which nobody's turn has come for this long is not busy: the queries that fill it hang. */
const maxBusyMs = 5_000;

interface Asked extends PoolQuestion {
  readonly askedAtMs: number;
}

/**
 * Makes a probe that asks through a pool. One that gets no connection says `OVERLOADED`, and that the service is degraded:
 * a pool that is full is busy, not broken, unless it stays so. The question keeps its place in the queue and the next run
 * waits for it too, so that a full pool is not asked again and again.
 */
export function createPoolProbe(ask: () => PoolQuestion, timeoutMs: number): Probe {
  let current: Asked | undefined;
  let fullSinceMs: number | undefined;
  return () => {
    current ??= begin();
    return orUnserved(current, timeoutMs * patience);
  };

  function begin(): Asked {
    const question = { ...ask(), askedAtMs: performance.now() };
    question.answer.then(
      () => (current = fullSinceMs = undefined),
      () => (current = undefined),
    );
    return question;
  }

  /** Waits for the answer; a wait in the queue that is too long, by this limit or by the pool's own, becomes `unserved`. */
  function orUnserved(question: Asked, waitMs: number): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const wasQueued = question.isQueued();
      const timer = setTimeout(() => {
        if (question.isQueued()) reject(unserved(question));
      }, waitMs);
      question.answer
        .then(resolve, (error: unknown) =>
          reject(wasQueued && failureCode(error) === 'TIMEOUT' ? unserved(question, error) : error),
        )
        .finally(() => clearTimeout(timer));
    });
  }

  function unserved({ askedAtMs }: Asked, cause?: unknown): CheckError {
    fullSinceMs ??= askedAtMs;
    const fullMs = performance.now() - fullSinceMs;
    if (fullMs > maxBusyMs)
      return new CheckError('TIMEOUT', `no connection came free for ${Math.round(fullMs)} ms`, { cause });
    return new CheckError('OVERLOADED', 'every connection of the pool is in use', { cause, degraded: true });
  }
}
