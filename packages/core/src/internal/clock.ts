/** Clock: the only place from which time is read and awaited, so that tests can hold it still. */

/** A pending call, as {@link Clock.after} returns it. */
export interface Timer {
  /** Takes the call back; does nothing once it has run. */
  cancel(): void;
}

export interface Clock {
  /** Milliseconds since the epoch, as the wall clock says; it may jump. */
  now(): number;
  /** Milliseconds from a fixed but unknown start; never jumps, never goes back. */
  monotonicMs(): number;
  /** Calls back once after so many milliseconds; never keeps the process alive. */
  after(delayMs: number, call: () => void): Timer;
}

/** Node takes any longer delay for 1 ms, and warns. */
const maxDelayMs = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonicMs: () => performance.now(),
  after(delayMs, call) {
    const timer = setTimeout(call, delayMs < maxDelayMs ? delayMs : maxDelayMs);
    timer.unref();
    return { cancel: () => clearTimeout(timer) };
  },
};
