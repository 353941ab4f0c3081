/** Pipeline: everything that is under way to one destination, which it never waits for. */
import type { Clock, Timer } from '../internal/clock.js';
import { Delivery, weightOf, type DeliveryOptions, type Pause } from './delivery.js';
import { Ledger, type LedgerTotals } from './ledger.js';
import { Pace } from './pace.js';
import { Troubles, type ExportProblem, type LastError } from './problem.js';
import { Queue } from './queue.js';
import type { ErrorRecord } from './record.js';

export interface PipelineOptions extends DeliveryOptions {
  /** Bound on the memory of what waits. */
  readonly maxBytes: number;
  readonly tell: (problem: ExportProblem) => void;
}

/** One item of `status().exporters`; `offered` is the sum of the counts from `delivered` to `spooled` at every instant. */
export interface ExporterStatus extends LedgerTotals {
  name: string;
  /** `backing-off` after a failure; `paused` while the credential is not accepted. */
  state: 'idle' | 'sending' | 'backing-off' | 'paused' | 'closed';
  /** Where records go; never holds a credential. */
  endpoint: string;
  queued: number;
  spooled: number;
  /** ISO 8601, like every other time here. */
  lastSendAt: string | null;
  lastError: LastError | null;
  nextAttemptAt: string | null;
}

export class Pipeline {
  readonly #options: PipelineOptions;
  readonly #clock: Clock;
  readonly #queue: Queue;
  readonly #ledger = new Ledger();
  readonly #troubles: Troubles;
  readonly #delivery: Delivery;
  readonly #pace: Pace;
  #pause: Pause | undefined;
  #timer: Timer | undefined;
  #sending: Promise<void> | undefined;
  #closing: Promise<void> | undefined;
  #isClosed = false;
  /** While closing: no further attempt makes sense. */
  #hasGivenUp = false;
  #lastSendMs: number | undefined;
  #waiting: ((isOut: boolean) => void)[] = [];

  constructor(options: PipelineOptions) {
    this.#options = options;
    this.#clock = options.clock;
    this.#queue = new Queue(options.maxBytes);
    this.#pace = new Pace(options.clock);
    this.#troubles = new Troubles(options.destination.name, options.tell);
    this.#delivery = new Delivery(options, this.#queue, this.#ledger, this.#troubles);
  }

  /** Takes a report that needs no record of its own: the error waits already, or everything is closed. */
  absorb(fingerprint: string, timeMs: number): boolean {
    const isClosing = this.#closing !== undefined;
    if (!isClosing && !this.#queue.fold(fingerprint, timeMs)) return false;
    this.#ledger.offer();
    if (isClosing) this.#ledger.lose('dropped', 1, 'closed');
    return true;
  }

  /** Takes a record; the oldest ones leave if there is no room. */
  accept(record: ErrorRecord, fingerprint: string): void {
    this.#ledger.offer();
    const dropped = weightOf(this.#queue.push(record, fingerprint));
    if (dropped > 0) {
      this.#ledger.lose('dropped', dropped, 'queue_full');
      this.#troubles.note(
        'QUEUE_FULL',
        'more errors wait than memory is set aside for; the oldest are dropped',
        this.#clock.now(),
      );
    }
    this.#plan();
  }

  /** Counts a report that cannot be made a record. */
  refuse(reason: string): void {
    this.#ledger.offer();
    this.#ledger.lose('dropped', 1, reason);
  }

  status(): ExporterStatus {
    const { name, endpoint } = this.#options.destination;
    const nextAttemptMs = this.#timer === undefined ? undefined : this.#clock.now() + this.#pace.waitMs;
    return {
      name,
      state: this.#state(),
      endpoint,
      ...this.#ledger.totals,
      queued: this.#queue.weight,
      spooled: 0,
      lastSendAt: isoTime(this.#lastSendMs),
      lastError: this.#troubles.last ?? null,
      nextAttemptAt: isoTime(nextAttemptMs),
    };
  }

  /** Resolves with true when nothing is under way any more, with false when the time is over first. */
  flush(timeoutMs: number): Promise<boolean> {
    if (this.#isSettled()) return Promise.resolve(true);
    return new Promise((resolve) => {
      const deadline = this.#clock.after(timeoutMs, () => resolve(false));
      this.#waiting.push((isOut) => {
        deadline.cancel();
        resolve(isOut);
      });
    });
  }

  /** Sends what can be sent in time, without waiting for the pace, and drops the rest. */
  close(timeoutMs: number): Promise<void> {
    this.#closing ??= this.#close(timeoutMs);
    return this.#closing;
  }

  #state(): ExporterStatus['state'] {
    if (this.#isClosed) return 'closed';
    if (this.#sending) return 'sending';
    if (this.#pause && (!this.#queue.isEmpty || this.#pace.waitMs > 0))
      return this.#pause.isAuth ? 'paused' : 'backing-off';
    return 'idle';
  }

  #isSettled(): boolean {
    return this.#queue.isEmpty && this.#sending === undefined;
  }

  /** Sees to it that the next batch leaves as soon as it may; the first one after a quiet time leaves at once. */
  #plan(): void {
    if (this.#closing || this.#sending || this.#timer || this.#queue.isEmpty) return;
    this.#timer = this.#clock.after(this.#pace.waitMs, () => {
      this.#timer = undefined;
      if (this.#pace.waitMs > 0) this.#plan();
      else void this.#send();
    });
  }

  #send(): Promise<void> {
    this.#lastSendMs = this.#clock.now();
    this.#sending = this.#delivery.sendBatch().then((pause) => {
      this.#sending = undefined;
      this.#pause = pause;
      this.#pace.ended();
      if (pause) this.#pace.pause(pause.delayMs);
      if (pause && this.#closing) this.#hasGivenUp = true;
      if (this.#isSettled()) this.#answerWaiting(true);
      this.#plan();
    });
    return this.#sending;
  }

  async #close(timeoutMs: number): Promise<void> {
    this.#timer?.cancel();
    this.#timer = undefined;
    const deadline = this.#clock.after(timeoutMs, () => {
      this.#hasGivenUp = true;
      this.#delivery.abort();
    });
    await this.#sending;
    while (!this.#hasGivenUp && !this.#queue.isEmpty) await this.#send();
    deadline.cancel();
    const rest = this.#queue.take(Infinity, Infinity);
    this.#queue.release(rest);
    this.#ledger.lose('dropped', weightOf(rest), 'closed');
    this.#isClosed = true;
    this.#answerWaiting(rest.length === 0);
    this.#options.transport.close();
  }

  #answerWaiting(isOut: boolean): void {
    for (const answer of this.#waiting.splice(0)) answer(isOut);
  }
}

function isoTime(timeMs: number | undefined): string | null {
  return timeMs === undefined ? null : new Date(timeMs).toISOString();
}
