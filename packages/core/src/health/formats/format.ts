/** Format: how a report is printed for one kind of reader. */
import type { ComponentReport, HealthReport, HealthStatus } from '../report.js';

/** How much is printed. */
export interface Printing {
  /** Whether the reader may see durations, counts and moments; hosts and error texts are shown to none. */
  readonly hasDetails: boolean;
  /** Whether the reader asked for all lines of a format that is short by default. */
  readonly isVerbose: boolean;
  /** How long the process has run, in seconds. */
  readonly uptimeSeconds: number;
  /** The wall clock, in milliseconds since the epoch. */
  readonly nowMs: number;
}

export interface Format {
  /** The word for `?format=`. */
  readonly name: string;
  /** Sent as `content-type`. */
  readonly contentType: string;
  /** Media types by which `Accept` asks for it. */
  readonly accepts: readonly string[];
  /** Whether it is sent with 200 whatever the status: a scrape that gets 503 loses the very series that tells of it. */
  readonly isAlways200?: boolean;
  print(report: HealthReport, printing: Printing): string;
}

/** The word of a format for each status of the service. */
export type StatusWords = Readonly<Record<HealthStatus, string>>;

/** Moments as all formats print them. */
export function isoTime(atMs: number): string {
  return new Date(atMs).toISOString();
}

/** What there is to say of one check beyond its status. */
export interface ComponentDetails {
  readonly code?: string;
  readonly responseTimeMs?: number;
  readonly checkedAt?: string;
  readonly since?: string;
  readonly consecutiveFailures?: number;
}

/** The reason, which all may know, and what only those may see who may see details. */
export function detailsOf(check: ComponentReport, { hasDetails }: Printing): ComponentDetails {
  const { code, durationMs, checkedAt, since, consecutiveFailures } = check;
  return {
    ...(code !== undefined && { code }),
    ...(hasDetails &&
      checkedAt !== undefined && { responseTimeMs: Math.round(durationMs), checkedAt: isoTime(checkedAt) }),
    ...(hasDetails && since !== undefined && { since: isoTime(since) }),
    ...(hasDetails && check.status !== 'disabled' && { consecutiveFailures }),
  };
}
