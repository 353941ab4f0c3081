/** Pace: when the next request may leave, by the clock that never jumps. */
import type { Clock } from '../internal/clock.js';

/** Least time between the starts of two requests to one destination. */
export const minIntervalMs = 500;

export class Pace {
  readonly #clock: Clock;
  #earliestMs = -Infinity;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Milliseconds until the next request may leave; 0 when it may now. */
  get waitMs(): number {
    return Math.max(0, Math.ceil(this.#earliestMs - this.#clock.monotonicMs()));
  }

  /** Notes that a request leaves now. */
  started(): void {
    this.#earliestMs = this.#clock.monotonicMs() + minIntervalMs;
  }

  /** Notes that no request may leave for so long. */
  pause(delayMs: number): void {
    this.#earliestMs = Math.max(this.#earliestMs, this.#clock.monotonicMs() + delayMs);
  }
}
