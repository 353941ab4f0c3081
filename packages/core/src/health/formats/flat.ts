/** Flat: a report as one level of words, in an order that never changes, so that it can be compared byte by byte. */
import type { HealthReport } from '../report.js';
import type { Format } from './format.js';

export const flat: Format = {
  name: 'flat',
  contentType: 'application/json; charset=utf-8',
  accepts: ['application/json'],
  print: flatBody,
};

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
