/** Ledger: where every offered report ended, so that nothing is lost without a reason. */

/** The ways in which a report can end. */
export type Ending = 'delivered' | 'rejected' | 'dropped' | 'unconfirmed';

export interface LedgerTotals extends Record<Ending, number> {
  offered: number;
  /** Sent again cut short, because the whole was too much for the destination; where they end is counted as well. */
  truncated: number;
  /** Counts per reason of everything that was not delivered. */
  reasons: Record<string, number>;
}

export class Ledger {
  readonly #totals: Omit<LedgerTotals, 'reasons'> = {
    offered: 0,
    delivered: 0,
    rejected: 0,
    dropped: 0,
    unconfirmed: 0,
    truncated: 0,
  };
  /** No object: adding to a member by a name that varies takes V8 half a microsecond. */
  readonly #reasons = new Map<string, number>();

  get totals(): LedgerTotals {
    return { ...this.#totals, reasons: Object.fromEntries(this.#reasons) };
  }

  offer(count = 1): void {
    this.#totals.offered += count;
  }

  deliver(count: number): void {
    this.#totals.delivered += count;
  }

  /** Counts reports of which a part is left out; where they end is counted beside it. */
  cut(count: number): void {
    this.#totals.truncated += count;
  }

  /** Counts reports that did not arrive, or not for certain. */
  lose(ending: Exclude<Ending, 'delivered'>, count: number, reason: string): void {
    if (count === 0) return;
    this.#totals[ending] += count;
    this.#reasons.set(reason, (this.#reasons.get(reason) ?? 0) + count);
  }
}
