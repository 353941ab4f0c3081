/** Pace: when the next request may leave, by the clock that never jumps. */
import type { Clock } from '../internal/clock.js';

/** Least time between the end of one request to a destination and the start of the next, so that none arrive closer. */
const minIntervalMs = 500;

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

  /** Notes that a request was answered, or given up, now. */
  ended(): void {
    this.#earliestMs = this.#clock.monotonicMs() + minIntervalMs;
  }

  /** Notes that no request may leave for so long. */
  pause(delayMs: number): void {
    this.#earliestMs = Math.max(this.#earliestMs, this.#clock.monotonicMs() + delayMs);
  }
}
