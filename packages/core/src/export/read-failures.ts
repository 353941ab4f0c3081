/** Read failures: when a file that could not be read is tried again, and when it is given up. */
import type { Clock } from '../internal/clock.js';

/** How long a file is left alone, and how often it is tried: ten minutes in all, at the least. */
const restMs = 20_000;
const maxReads = 30;

/** Trouble of the whole process, in which no single file is at fault. */
const shortages = new Set(['EMFILE', 'ENFILE', 'ENOMEM', 'EAGAIN']);

/** Of the oldest file alone: one at a time is read. */
export class ReadFailures {
  readonly #clock: Clock;
  #count = 0;
  #resumeMs = -Infinity;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Whether a read failed a moment ago. */
  get isResting(): boolean {
    return this.#clock.monotonicMs() < this.#resumeMs;
  }

  over(): void {
    this.#count = 0;
    this.#resumeMs = -Infinity;
  }

  /** Says why a file is given up, lest it hold up all others for ever; `undefined` when it is tried again. */
  judge({ code = '' }: NodeJS.ErrnoException): string | undefined {
    if (code === 'ENOENT') return 'spool_lost';
    this.#resumeMs = this.#clock.monotonicMs() + restMs;
    if (shortages.has(code) || ++this.#count < maxReads) return undefined;
    this.over();
    return 'spool_damaged';
  }
}
