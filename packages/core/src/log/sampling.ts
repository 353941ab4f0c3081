/** Sampling: of messages that come too often, the part that is written. */
import { requireObject, requireRange } from '../internal/options.js';

export class Sampling {
  private readonly rates: ReadonlyMap<string, number>;
  /** How often each message came outside of any context. */
  private readonly counts = new Map<string, number>();

  /** @throws {ConfigError} When a rate is not from 0 to 1. */
  constructor(rates: Readonly<Record<string, number>>) {
    requireObject('log.sample', rates, 'an object of rates by message');
    for (const [message, rate] of Object.entries(rates)) requireRange(`log.sample.${message}`, rate, 0, 1);
    this.rates = new Map(Object.entries(rates));
  }

  /**
   * The rate at which lines like this one are written, 0 when this one is not. A request has all of its lines or none,
   * in every service that takes part in it; outside of requests the first of so many is written.
   */
  rateOf(message: unknown, requestId: string | undefined): number {
    const rate = typeof message === 'string' ? this.rates.get(message) : undefined;
    if (rate === undefined || rate === 1) return 1;
    const isWritten = requestId === undefined ? this.isNext(message as string, rate) : shareOf(requestId) < rate;
    return isWritten ? rate : 0;
  }

  private isNext(message: string, rate: number): boolean {
    const count = this.counts.get(message) ?? 0;
    this.counts.set(message, count + 1);
    return Math.ceil((count + 1) * rate) > Math.ceil(count * rate);
  }
}

/** A number from 0 to 1 that depends on the id alone: FNV-1a (http://isthe.com/chongo/tech/comp/fnv/), its bits then mixed. */
function shareOf(requestId: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < requestId.length; index++) {
    hash = Math.imul(hash ^ requestId.charCodeAt(index), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}
