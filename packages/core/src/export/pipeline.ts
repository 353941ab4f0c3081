/** Pipeline: everything that is under way to one destination, which it never waits for. */
import type { Clock, Timer } from '../internal/clock.js';
import { Delivery, weightOf, type DeliveryOptions, type Pause } from './delivery.js';
import { Ledger } from './ledger.js';
import { Outbox, type OutboxOptions } from './outbox.js';
import { Pace } from './pace.js';
import { Troubles, type ExportProblem } from './problem.js';
import type { Segment } from './spool/segment.js';
import type { Shelf } from './spool/shelf.js';
import type { ExporterStatus, Taker } from './taker.js';
import type { WaitingEntry } from './waiting.js';

export interface PipelineOptions extends DeliveryOptions, Omit<OutboxOptions, 'ledger'> {
  readonly tell: (problem: ExportProblem) => void;
}

export class Pipeline implements Taker {
  readonly #options: PipelineOptions;
  readonly #clock: Clock;
  readonly #ledger = new Ledger();
  readonly #outbox: Outbox;
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
    this.#outbox = new Outbox({ ...options, ledger: this.#ledger });
    this.#pace = new Pace(options.clock);
    this.#troubles = new Troubles(options.destination.name, options.tell);
    this.#delivery = new Delivery(options, this.#outbox, this.#ledger, this.#troubles);
  }

  /** Takes an entry; the oldest ones leave if there is no room. */
  accept(entry: WaitingEntry): void {
    if (this.#isClosed) return this.#turnAway(entry);
    this.#ledger.offer();
    const dropped = weightOf(this.#outbox.accept(entry));
    this.#ledger.lose('dropped', dropped, 'queue_full');
    if (dropped > 0) this.#noteFull('QUEUE_FULL', 'more errors wait than memory is set aside for');
    this.#plan();
  }

  /** Takes one more report of an error that waits. */
  grow(entry: WaitingEntry): void {
    if (this.#isClosed) return this.refuse('closed');
    this.#ledger.offer();
    this.#outbox.grow(entry);
  }

  /** Takes on what an earlier process left on disk. */
  recover(shelves: readonly Shelf[]): void {
    this.#ledger.offer(shelves.reduce((sum, { reports }) => sum + reports, 0));
    this.#outbox.recover(shelves);
    this.#plan();
  }

  /** Gives up what was in a segment that is gone. */
  lose(segment: Segment, reason: string): void {
    const lost = this.#outbox.drop(segment);
    this.#ledger.lose('dropped', lost, reason);
    if (lost > 0 && reason === 'spool_full') this.#noteFull('SPOOL_FULL', 'more errors wait than the spool may hold');
  }

  /** Counts a report that cannot be taken. */
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
      queued: this.#outbox.queued,
      spooled: this.#outbox.spooled,
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

  #turnAway(entry: WaitingEntry): void {
    this.#options.errors.close(entry);
    this.refuse('closed');
  }

  #noteFull(code: string, message: string): void {
    this.#troubles.note(code, `${message}; the oldest are dropped`, this.#clock.now());
  }

  #state(): ExporterStatus['state'] {
    if (this.#isClosed) return 'closed';
    if (this.#sending) return 'sending';
    if (this.#pause && (!this.#outbox.isEmpty || this.#pace.waitMs > 0))
      return this.#pause.isAuth ? 'paused' : 'backing-off';
    return 'idle';
  }

  #isSettled(): boolean {
    return this.#outbox.isEmpty && this.#sending === undefined;
  }

  /** Sees to it that the next batch leaves as soon as it may; the first one after a quiet time leaves at once. */
  #plan(): void {
    if (this.#closing || this.#sending || this.#timer || this.#outbox.isEmpty) return;
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
    while (!this.#hasGivenUp && !this.#outbox.isEmpty) await this.#send();
    deadline.cancel();
    const isOut = this.#outbox.isEmpty;
    this.#ledger.lose('dropped', this.#outbox.close(), 'closed');
    this.#isClosed = true;
    this.#answerWaiting(isOut);
    this.#delivery.end();
  }

  #answerWaiting(isOut: boolean): void {
    for (const answer of this.#waiting.splice(0)) answer(isOut);
  }
}

function isoTime(timeMs: number | undefined): string | null {
  return timeMs === undefined ? null : new Date(timeMs).toISOString();
}
