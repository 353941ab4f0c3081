/** Breaker: leaves the disk alone for a while when it fails, or is so slow that it holds up the application. */
import type { Clock } from '../../internal/clock.js';
import type { Troubles } from '../problem.js';

/** How long the disk is left alone. */
const pauseMs = 30_000;

/** A write that takes longer is slow; so many in a row, and the disk is left alone. */
const slowMs = 20;
const maxSlowWrites = 3;

export interface BreakerOptions {
  readonly directory: string;
  readonly clock: Clock;
  readonly troubles: Troubles;
  /** Called when the disk is given up for now. */
  readonly onBroken: () => void;
}

export class Breaker {
  readonly #options: BreakerOptions;
  #resumeMs = -Infinity;
  #slowWrites = 0;
  /** A write that gets through says nothing of a file that cannot be read. */
  #hasFailedToWrite = false;

  constructor(options: BreakerOptions) {
    this.#options = options;
  }

  get isBroken(): boolean {
    return this.#options.clock.monotonicMs() < this.#resumeMs;
  }

  /** Writes, or gives `undefined` when that failed or the disk is left alone. Never throws. */
  write<T>(write: () => T): T | undefined {
    const { clock } = this.#options;
    const startMs = clock.monotonicMs();
    if (startMs < this.#resumeMs) return undefined;
    try {
      const written = write();
      this.#slowWrites = clock.monotonicMs() - startMs > slowMs ? this.#slowWrites + 1 : 0;
      if (this.#slowWrites < maxSlowWrites) this.#recover();
      else this.#break('SLOW_DISK', `writes take longer than ${slowMs} ms`);
      return written;
    } catch (error) {
      const { code = 'SPOOL_FAILED', message } = error as NodeJS.ErrnoException;
      this.#break(code, message);
      return undefined;
    }
  }

  /** Does what may fail without harm, which gives `undefined`: the worst is that something is sent twice. Never throws. */
  attempt<T>(act: () => T): T | undefined {
    try {
      return act();
    } catch (error) {
      this.note(error, 'cannot tidy up');
      return undefined;
    }
  }

  /** Tells of an error that the disk gave. */
  note(error: unknown, what: string): void {
    const { troubles, clock, directory } = this.#options;
    const { code = 'SPOOL_FAILED', message } = error as NodeJS.ErrnoException;
    troubles.note(code, `${what} ${directory} (${message})`, clock.now());
  }

  #recover(): void {
    if (this.#hasFailedToWrite) this.#options.troubles.over();
    this.#hasFailedToWrite = false;
  }

  #break(code: string, message: string): void {
    const { clock, troubles, directory, onBroken } = this.#options;
    this.#resumeMs = clock.monotonicMs() + pauseMs;
    this.#slowWrites = 0;
    this.#hasFailedToWrite = true;
    onBroken();
    troubles.note(code, `cannot write to ${directory} (${message}); errors wait in memory alone`, clock.now());
  }
}
