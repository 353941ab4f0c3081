/** Decision: what a verdict means for the batch it is about, and for the size of the next one. */
import type { Verdict } from './answer.js';
import type { WaitingEntry } from './waiting.js';

/** Most records in a batch: these take the event loop less than a millisecond to encode, and more would stall it. */
export const maxBatchEntries = 128;

/** Refusals in a row after which a destination is taken to refuse everything, not a single bad record. */
const maxRefusals = 3;

/** Attempts that run out of time before a record is cut short; halving a batch down to one takes seven. */
const maxSlowTries = 12;

/** What has to be known of the attempts before. */
export interface Attempts {
  /** Most records in the next batch; halves when the destination struggles, doubles when it accepts. */
  readonly window: number;
  /** Batches refused since the last one that was accepted. */
  readonly refusals: number;
  /** Attempts made with this batch, this one included. */
  readonly tries: number;
  /** Whether this batch was sent again because records of it were unaccounted for. */
  readonly resent: boolean;
}

export interface Decision {
  readonly delivered: readonly WaitingEntry[];
  readonly rejected: readonly WaitingEntry[];
  readonly unconfirmed: readonly WaitingEntry[];
  /** To be sent again: whole, in parts, or a single record cut short. */
  readonly again: 'no' | 'whole' | 'resend' | 'halves' | 'truncated';
  /** Whether to leave the destination in peace for a while. */
  readonly pause: boolean;
  readonly window: number;
  readonly refusals: number;
}

/** Decides over a batch. */
export function decide(verdict: Verdict, batch: readonly WaitingEntry[], attempts: Attempts): Decision {
  const stay = { ...nothing, window: attempts.window, refusals: attempts.refusals };
  switch (verdict.kind) {
    case 'accepted':
      return { ...welcome(attempts), delivered: batch, pause: verdict.pauseMs !== undefined };
    case 'partial':
      if (verdict.unconfirmed > 0 && !attempts.resent) return { ...stay, again: 'resend', window: batch.length };
      return { ...welcome(attempts), ...divide(batch, verdict.rejected, verdict.unconfirmed) };
    case 'retry':
      if (attempts.tries >= (verdict.maxAttempts ?? Infinity)) return { ...stay, rejected: batch, pause: true };
      if (!verdict.slow) return { ...stay, again: 'whole', pause: true };
      if (batch.length > 1) return { ...stay, again: 'whole', pause: true, window: half(batch) };
      return { ...stay, again: isStuck(batch, attempts) ? 'truncated' : 'whole', pause: true };
    case 'unknown':
      return { ...stay, unconfirmed: batch };
    case 'auth':
      return { ...stay, again: 'whole', pause: true };
    case 'too-big':
      if (batch.length > 1) return { ...stay, again: 'halves' };
      return batch[0]?.record.truncated ? refuse(true, batch, attempts) : { ...stay, again: 'truncated' };
    case 'rejected':
      return refuse(verdict.separable, batch, attempts);
  }
}

const nothing = { delivered: [], rejected: [], unconfirmed: [], again: 'no', pause: false } as const;

function welcome({ window }: Attempts): typeof nothing & { window: number; refusals: number } {
  return { ...nothing, window: Math.min(window * 2, maxBatchEntries), refusals: 0 };
}

/** A record that does not get through even alone goes in short, so that those behind it are not held up for ever. */
function isStuck([entry]: readonly WaitingEntry[], { tries }: Attempts): boolean {
  return tries >= maxSlowTries && entry?.record.truncated !== true;
}

/** Looks for the one bad record by halving, unless refusals in a row say that it is not about one record. */
function refuse(separable: boolean, batch: readonly WaitingEntry[], { window, refusals }: Attempts): Decision {
  const hopeless = !separable || refusals >= maxRefusals;
  if (!hopeless && batch.length > 1) {
    return { ...nothing, again: 'halves', window: half(batch), refusals };
  }
  return {
    ...nothing,
    rejected: batch,
    pause: hopeless,
    window: hopeless ? maxBatchEntries : window,
    refusals: refusals + 1,
  };
}

function half(batch: readonly WaitingEntry[]): number {
  return Math.ceil(batch.length / 2);
}

/** Splits by numbers. Nothing tells which records were meant, so the last ones stand in for them. */
function divide(
  batch: readonly WaitingEntry[],
  rejected: number,
  unconfirmed: number,
): Pick<Decision, 'delivered' | 'rejected' | 'unconfirmed'> {
  const delivered = Math.max(0, batch.length - rejected - unconfirmed);
  return {
    delivered: batch.slice(0, delivered),
    rejected: batch.slice(delivered, delivered + rejected),
    unconfirmed: batch.slice(delivered + rejected),
  };
}
