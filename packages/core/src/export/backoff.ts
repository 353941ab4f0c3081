/** Back-off: how long to leave a destination in peace after it failed. */

const pauseMs = 30_000;

/** Share by which a pause may be shorter or longer, so that replicas do not come back all at once. */
const jitter = 0.2;

/** Limits on what a server may ask for with `Retry-After`. */
const minRetryAfterMs = 1_000;
const maxRetryAfterMs = 300_000;

/** Limit on what a server may ask for in a way of its own: quotas are counted by the hour and by the day. */
export const maxPauseMs = 86_400_000;

/**
 * Says how long to wait before the next attempt, in milliseconds: 30 s ± 20 %, or what the server asked for and up to
 * 20 % more, within 1 s and 5 min.
 *
 * @param random A number from 0 to 1.
 * @param askedMs What the server asked for, if it did.
 * @param maxMs The longest that it may ask for, where that is not 5 min.
 */
export function backoffMs(random: number, askedMs?: number, maxMs: number = maxRetryAfterMs): number {
  if (askedMs === undefined) return Math.round(pauseMs * (1 - jitter + 2 * jitter * random));
  const bounded = Math.min(Math.max(askedMs, minRetryAfterMs), maxMs);
  return Math.round(Math.min(bounded * (1 + jitter * random), maxMs));
}

/** Reads a `Retry-After` header, seconds or an HTTP date (RFC 9110, 10.2.3); `undefined` when there is none to read. */
export function readRetryAfter(header: string | undefined, nowMs: number): number | undefined {
  if (header === undefined) return undefined;
  const text = header.trim();
  if (/^\d{1,9}(?:\.\d+)?$/.test(text)) return Number(text) * 1_000;
  const date = /^[A-Za-z]{3}/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, date - nowMs);
}
