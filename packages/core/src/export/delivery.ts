/** Delivery: one batch at a time from the queue to the destination, and its fate into the ledger. */
import type { Clock } from '../internal/clock.js';
import { isVerdict, judgeFailure, type Verdict } from './answer.js';
import { backoffMs, maxPauseMs, readRetryAfter } from './backoff.js';
import { decide, maxBatchEntries, type Attempts, type Decision } from './decide.js';
import { describeTrouble } from './describe-trouble.js';
import type { Destination, Sender } from './destination.js';
import type { Ledger } from './ledger.js';
import type { Outbox } from './outbox.js';
import type { Troubles } from './problem.js';
import { truncateRecord } from './record.js';
import { isOutcome, type Attempt, type ExportRequest, type Outcome, type Transport } from './transport.js';
import type { WaitingEntry } from './waiting.js';

/** Most bytes of a request; servers take more, but this much is encoded within a millisecond. */
const maxBatchBytes = 262_144;

/** By how much batches grow again with each that is taken; a limit that still stands costs one refusal in seven. */
const batchGrowth = 1.1;

const defaultTimeoutMs = 10_000;

/** The verdict over a batch that could not be sent at all. */
const later: Verdict = { kind: 'retry' };

/** Why reports are unconfirmed that a destination refused in part without a word on which. */
const unknownReason = 'rejected_unknown';

export interface DeliveryOptions {
  readonly destination: Destination;
  readonly sender: Omit<Sender, 'nowMs'>;
  readonly transport: Transport;
  readonly clock: Clock;
  /** Gives numbers from 0 to 1. */
  readonly random: () => number;
  /** Removes what looks like a credential from what servers say. */
  readonly scrub: (text: string) => string;
}

/** How long the destination wants to be left in peace, and whether it is the credential that keeps us out. */
export interface Pause {
  readonly delayMs: number;
  readonly isAuth: boolean;
}

export class Delivery {
  readonly #options: DeliveryOptions;
  readonly #outbox: Outbox;
  readonly #ledger: Ledger;
  readonly #troubles: Troubles;
  #attempt: Attempt | undefined;
  #isAborted = false;
  #window = maxBatchEntries;
  #batchBytes = maxBatchBytes;
  #refusals = 0;
  /** Attempts with the batch that begins with this record. */
  #attempts = { firstUid: '', tries: 0, resent: false };

  constructor(options: DeliveryOptions, outbox: Outbox, ledger: Ledger, troubles: Troubles) {
    this.#options = options;
    this.#outbox = outbox;
    this.#ledger = ledger;
    this.#troubles = troubles;
  }

  /**
   * Sends the oldest batch, in as many requests as it takes, one after another. Never rejects; resolves with a pause
   * when the destination failed, and leaves what was not sent by then in the queue.
   */
  async sendBatch(): Promise<Pause | undefined> {
    const { maxEntriesPerRequest = Infinity } = this.#options.destination;
    for (let left = this.#window; left > 0; left -= maxEntriesPerRequest) {
      const batch = await this.#outbox.take(Math.min(left, maxEntriesPerRequest), this.#batchBytes);
      if (batch.length === 0) return this.#outbox.isEmpty ? undefined : this.#pauseFor(later);
      const pause = this.#isAborted ? this.#settle(batch, later, '') : await this.#sendRequest(batch);
      if (pause) return pause;
    }
    return undefined;
  }

  async #sendRequest(batch: readonly WaitingEntry[]): Promise<Pause | undefined> {
    const request = this.#encode(batch);
    if (request === undefined) return this.#settle(batch, { kind: 'rejected', separable: true }, 'unencodable');
    if (batch.length > 1 && Buffer.byteLength(request.body) > maxBatchBytes)
      return this.#settle(batch, { kind: 'too-big' }, '');
    const outcome = await this.#exchange(request);
    const verdict = this.#judge(outcome, batch);
    this.#tell(outcome, verdict, request);
    return this.#settle(batch, verdict, reasonOf(outcome, verdict), outcome);
  }

  /** Ends the exchange that is under way, and begins no other. */
  abort(): void {
    this.#isAborted = true;
    this.#outbox.interrupt();
    this.#attempt?.abort();
  }

  /** Closes the way on which requests leave. */
  end(): void {
    try {
      this.#options.transport.close();
    } catch {
      // A transport of the user's own may fail at this; what is closed is over all the same.
    }
  }

  /** A transport of the user's own may break its promise not to throw. */
  async #exchange(request: ExportRequest): Promise<Outcome> {
    const { transport, destination } = this.#options;
    try {
      this.#attempt = transport.send(request, destination.timeoutMs ?? defaultTimeoutMs);
      const outcome: unknown = await this.#attempt.outcome;
      if (isOutcome(outcome)) return outcome;
      return { kind: 'failure', code: 'TRANSPORT_FAILED', message: 'the transport gave no outcome' };
    } catch (error) {
      return { kind: 'failure', code: 'TRANSPORT_FAILED', message: String(error) };
    } finally {
      this.#attempt = undefined;
    }
  }

  #encode(batch: readonly WaitingEntry[]): ExportRequest | undefined {
    const { destination, sender, clock } = this.#options;
    try {
      const request = destination.encode(batch, { ...(batch[0]?.author ?? sender), nowMs: clock.now() });
      // What has no body throws here, and what has no headers.
      Buffer.byteLength(request.body);
      Object.keys(request.headers);
      return request;
    } catch {
      this.#troubles.note('UNENCODABLE', 'an error could not be encoded and is left out', clock.now());
      return undefined;
    }
  }

  #judge(outcome: Outcome, batch: readonly WaitingEntry[]): Verdict {
    if (outcome.kind === 'failure') return judgeFailure(outcome.code, batch.length);
    try {
      const verdict: unknown = this.#options.destination.classify(outcome.answer, batch);
      if (isVerdict(verdict)) return verdict;
    } catch {
      // A destination of the user's own may fail at this.
    }
    return { kind: 'retry', maxAttempts: 1 };
  }

  #tell(outcome: Outcome, verdict: Verdict, request: ExportRequest): void {
    const trouble = describeTrouble(outcome, verdict, request, this.#options.scrub);
    if (outcome.kind === 'failure' && outcome.code === 'ABORTED') return;
    if (trouble === undefined) this.#troubles.over();
    else this.#troubles.note(trouble.code, trouble.message, this.#options.clock.now());
  }

  #settle(batch: readonly WaitingEntry[], verdict: Verdict, reason: string, outcome?: Outcome): Pause | undefined {
    const decision = decide(verdict, batch, this.#attemptsWith(batch));
    this.#window = decision.window;
    this.#refusals = decision.refusals;
    if (verdict.kind === 'too-big') this.#batchBytes = Math.ceil(bytesOf(batch) / 2);
    else if (decision.delivered.length > 0) this.#batchBytes = Math.min(this.#batchBytes * batchGrowth, maxBatchBytes);
    this.#account(decision, reason);
    this.#return(decision, batch);
    return decision.pause ? this.#pauseFor(verdict, outcome) : undefined;
  }

  #attemptsWith(batch: readonly WaitingEntry[]): Attempts {
    const firstUid = batch[0]?.record.uid ?? '';
    if (firstUid !== this.#attempts.firstUid) this.#attempts = { firstUid, tries: 0, resent: false };
    this.#attempts.tries++;
    return { ...this.#attempts, window: this.#window, refusals: this.#refusals };
  }

  #account({ delivered, rejected, unconfirmed }: Decision, reason: string): void {
    this.#ledger.deliver(weightOf(delivered));
    this.#ledger.lose('rejected', weightOf(rejected), reason);
    this.#ledger.lose('unconfirmed', weightOf(unconfirmed), reason === unknownReason ? reason : 'unconfirmed');
    this.#outbox.settle([...delivered, ...rejected, ...unconfirmed]);
  }

  #return({ again }: Decision, batch: readonly WaitingEntry[]): void {
    if (again === 'no') return;
    if (again === 'resend') this.#attempts.resent = true;
    if (again === 'halves') this.#attempts.firstUid = '';
    if (again === 'truncated') this.#ledger.cut(weightOf(batch));
    const entries =
      again === 'truncated' ? batch.map((entry) => this.#outbox.replace(entry, truncateRecord(entry.record))) : batch;
    this.#outbox.putBack(entries);
  }

  #pauseFor(verdict: Verdict, outcome?: Outcome): Pause {
    const { clock, random } = this.#options;
    const header = outcome?.kind === 'answer' ? outcome.answer.headers['retry-after'] : undefined;
    const retryAfterMs = readRetryAfter(typeof header === 'string' ? header : undefined, clock.now());
    const ownMs = 'pauseMs' in verdict ? verdict.pauseMs : undefined;
    const isAsked = ownMs !== undefined && !Number.isNaN(ownMs);
    const delayMs = isAsked ? backoffMs(random(), ownMs, maxPauseMs) : backoffMs(random(), retryAfterMs);
    return { delayMs, isAuth: verdict.kind === 'auth' };
  }
}

/** Reports that the entries stand for. */
export function weightOf(entries: readonly WaitingEntry[]): number {
  return entries.reduce((sum, { count }) => sum + count, 0);
}

function bytesOf(entries: readonly WaitingEntry[]): number {
  return entries.reduce((sum, { record }) => sum + record.bytes, 0);
}

/** The reason under which reports are counted that were refused, or may have been. */
function reasonOf(outcome: Outcome, verdict: Verdict): string {
  if (verdict.kind === 'partial') return 'partial';
  if (verdict.kind === 'too-big') return 'too_big';
  if (verdict.kind === 'unknown') return unknownReason;
  return outcome.kind === 'answer' ? `http_${outcome.answer.status}` : outcome.code.toLowerCase();
}
