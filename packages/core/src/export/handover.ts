/** Handover: errors given, one by one and at once, to a library in this process that sends them itself. */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { Clock } from '../internal/clock.js';
import type { Span } from '../internal/span.js';
import type { Sender } from './destination.js';
import { Ledger } from './ledger.js';
import { type ExportProblem, Troubles } from './problem.js';
import type { ErrorRecord } from './record.js';
import type { ExporterStatus, Taker } from './taker.js';

/** Who takes errors over: what is queued, sent and lost afterwards is its own business. */
export interface Handover {
  /** Short name, as `status()` and problems show it. */
  readonly name: string;
  /** Where errors go, for people to read; never holds a credential. */
  readonly endpoint: string;
  /** The span that is active where this is called, of a tracer that is not OpenTelemetry's; lines have its ids. */
  activeSpan?(this: void): Span | undefined;
  /** Whether it would take an error now. */
  isActive(): boolean;
  /** Takes the record of one error, redacted, and the error itself, `undefined` when nothing was thrown; in the context of where it was logged. */
  capture(record: ErrorRecord, error: unknown, sender: Sender): void;
  /** Resolves with whether all it took is out, within so many milliseconds. */
  flush(timeoutMs: number): Promise<boolean>;
}

export interface HandoverOptions {
  readonly handover: Handover;
  readonly sender: Omit<Sender, 'nowMs'>;
  readonly clock: Clock;
  readonly tell: (problem: ExportProblem) => void;
}

/** Why an error was not handed over. */
const sentences = {
  sdk_inactive: 'is not initialised, or switched off; errors are not handed over',
  capture_failed: 'threw while it was handed an error',
  reentrant: 'logged an error over one that it was handed; that one is not handed over',
};

/** Set in everything that follows from a capture: what the library's own hooks log would come back, and round again. */
const capturing = new AsyncLocalStorage<true>();

/** Tells who takes errors over from where they are sent by us. */
export function isHandover(given: object): given is Handover {
  return 'capture' in given;
}

export class HandoverTaker implements Taker {
  readonly #options: HandoverOptions;
  readonly #ledger = new Ledger();
  readonly #troubles: Troubles;
  #closing: Promise<void> | undefined;
  #isClosed = false;
  #lastMs: number | undefined;

  constructor(options: HandoverOptions) {
    this.#options = options;
    this.#troubles = new Troubles(options.handover.name, options.tell);
  }

  /** Hands an error over, as it was thrown: repeats too, since nothing waits here that they could be folded into. */
  accept(record: ErrorRecord, error: unknown): void {
    if (this.#closing !== undefined) return this.refuse('closed');
    const nowMs = this.#options.clock.now();
    const lost = this.#capture(record, error, nowMs);
    if (lost === undefined) {
      this.#ledger.offer();
      this.#ledger.deliver(1);
      this.#lastMs = nowMs;
      this.#troubles.over();
    } else {
      this.refuse(lost);
      this.#troubles.note(lost.toUpperCase(), sentences[lost], nowMs);
    }
  }

  refuse(reason: string): void {
    this.#ledger.offer();
    this.#ledger.lose('dropped', 1, reason);
  }

  status(): ExporterStatus {
    const { name, endpoint } = this.#options.handover;
    return {
      name,
      state: this.#isClosed ? 'closed' : 'idle',
      endpoint,
      ...this.#ledger.totals,
      queued: 0,
      spooled: 0,
      lastSendAt: this.#lastMs === undefined ? null : new Date(this.#lastMs).toISOString(),
      lastError: this.#troubles.last ?? null,
      nextAttemptAt: null,
    };
  }

  /** Nothing waits here; the library is asked, and not believed for longer than it was given. */
  async flush(timeoutMs: number): Promise<boolean> {
    const { handover, clock } = this.#options;
    let cancel = (): void => undefined;
    const deadline = new Promise<boolean>((resolve) => {
      const timer = clock.after(timeoutMs, () => resolve(false));
      cancel = () => timer.cancel();
    });
    try {
      return !handover.isActive() || (await Promise.race([handover.flush(timeoutMs), deadline]));
    } catch {
      return false;
    } finally {
      cancel();
    }
  }

  /** The library goes on: whoever started it ends it. */
  close(timeoutMs: number): Promise<void> {
    this.#closing ??= this.flush(timeoutMs).then(() => void (this.#isClosed = true));
    return this.#closing;
  }

  #capture(record: ErrorRecord, error: unknown, nowMs: number): keyof typeof sentences | undefined {
    const { handover, sender } = this.#options;
    if (capturing.getStore()) return 'reentrant';
    try {
      if (!handover.isActive()) return 'sdk_inactive';
      capturing.run(true, () => handover.capture(record, error, { ...sender, nowMs }));
      return undefined;
    } catch {
      return 'capture_failed';
    }
  }
}
