/** Poll: a run every so often in the background, at moments that differ from instance to instance. */
import type { Clock } from '../internal/clock.js';

/** Share by which a pause is made shorter or longer, so that instances started together do not ask together. */
const jitter = 0.2;

export interface Polling {
  readonly everyMs: number;
  readonly clock: Clock;
  /** A number from 0 to 1, as `Math.random` gives it. */
  readonly random: () => number;
}

/**
 * Runs at once and then again and again, each time when the run before is over and its pause has passed.
 *
 * @returns What ends it.
 */
export function startPolling(run: () => Promise<unknown>, { everyMs, clock, random }: Polling): () => void {
  let timer = clock.after(0, turn);
  let isOver = false;

  function turn(): void {
    void run().then(() => {
      if (!isOver) timer = clock.after(everyMs * (1 - jitter + 2 * jitter * random()), turn);
    });
  }

  return () => {
    isOver = true;
    timer.cancel();
  };
}
