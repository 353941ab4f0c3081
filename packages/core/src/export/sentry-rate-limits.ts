/** Sentry rate limits: how long a server wants no errors, as the header of any of its answers may say. */

/** Categories an error counts as; no category at all means every one of them. */
const categories = new Set(['', 'error', 'default']);

/** What an SDK waits when a limit does not say for how long: https://develop.sentry.dev/sdk/expected-features/rate-limiting/ */
export const defaultLimitMs = 60_000;

/**
 * Reads `X-Sentry-Rate-Limits`, `seconds:category;category:scope:reason, …`.
 *
 * @returns Milliseconds until errors are welcome again, by the longest limit that is about them; `undefined` when none is.
 */
export function readRateLimits(header: string | string[] | undefined): number | undefined {
  const limits = String(header ?? '')
    .split(',')
    .map((limit) => limit.trim().split(':'))
    .filter(([seconds, names = '']) => seconds && names.split(';').some((name) => categories.has(name)))
    .map(([seconds]) => (/^\d{1,9}(?:\.\d+)?$/.test(seconds ?? '') ? Number(seconds) * 1_000 : defaultLimitMs));
  const longestMs = Math.max(0, ...limits);
  return longestMs > 0 ? longestMs : undefined;
}
