/** Flat body: the answer of a health endpoint as one level of words, in an order that never changes. */
import type { HealthReport } from './report.js';

/**
 * Prints `{"status":"healthy","db":"ok","redis":"ok","version":"0.57.0"}`: the status, the checks in their order, the
 * version if it is known. Every value but the version comes from a closed set; no error text is ever in it.
 */
export function flatBody({ status, checks, version }: HealthReport): string {
  const pairs = [['status', status], ...checks.map((check) => [check.name, check.status])];
  if (version !== undefined) pairs.push(['version', version]);
  // pair by pair, because an object would move a check named `1` to the front
  return `{${pairs.map((pair) => pair.map((text) => JSON.stringify(text)).join(':')).join(',')}}`;
}
