/** Report: what one probe of the service finds, before any format prints it. */
import type { CompleteCheck } from './check.js';
import type { HealthView, StartupEffect } from './effects.js';
import type { FailureCode } from './failure.js';
import type { Finding } from './monitor.js';
import type { ComponentStatus } from './standing.js';

/** State of the whole service. */
export type HealthStatus = 'healthy' | 'degraded' | 'unhealthy' | 'starting' | 'draining';

/** What one view of the service found. */
export interface HealthReport {
  readonly view: HealthView;
  readonly status: HealthStatus;
  readonly httpStatus: 200 | 503;
  /** Release that is running; absent when nobody said. */
  readonly version?: string;
  /** In the order of registration, those that the view ignores left out; empty while draining. */
  readonly checks: readonly ComponentReport[];
}

/** What one check found. */
export interface ComponentReport {
  readonly name: string;
  readonly status: ComponentStatus;
  readonly required: boolean;
  /** What the view makes of it when it is down. */
  readonly effect: StartupEffect;
  /** Why it is not ok, in a form that is safe to publish. */
  readonly code?: FailureCode;
  /** How long the last run took, in milliseconds. */
  readonly durationMs: number;
  /** Runs in a row that failed, up to now. */
  readonly consecutiveFailures: number;
  /** When the last run ended, in milliseconds since the epoch; absent before the first. */
  readonly checkedAt?: number;
  /** Since when the status is what it is, in milliseconds since the epoch; absent before the first decision. */
  readonly since?: number;
  /** What the probe threw; it may hold hosts and credentials. Not enumerable, so that printing the report never shows it. */
  readonly error?: unknown;
}

/**
 * Reports one check as a view sees it.
 *
 * @param nowMs The wall clock, from which the moments of the report are counted back.
 */
export function reportComponent(
  name: string,
  { required, effect }: Pick<CompleteCheck, 'required'> & { effect: StartupEffect },
  { status, code, error, durationMs, failures, ageMs, unchangedMs }: Finding,
  nowMs: number,
): ComponentReport {
  const isNotOk = status === 'down' || status === 'degraded';
  const report: ComponentReport = {
    name,
    status,
    required,
    effect,
    ...(isNotOk && code !== undefined && { code }),
    durationMs,
    consecutiveFailures: failures,
    ...(ageMs !== undefined && { checkedAt: Math.round(nowMs - ageMs) }),
    ...(unchangedMs !== undefined && { since: Math.round(nowMs - unchangedMs) }),
  };
  return isNotOk ? Object.defineProperty(report, 'error', { value: error }) : report;
}

/** Reports the service as one of its views sees it. */
export function reportHealth(
  view: HealthView,
  status: HealthStatus,
  version: string | undefined,
  checks: readonly ComponentReport[] = [],
): HealthReport {
  return { view, status, httpStatus: httpStatusOf(status), ...(version !== undefined && { version }), checks };
}

/** One status code for a status, whatever the format. */
export function httpStatusOf(status: HealthStatus): 200 | 503 {
  return status === 'healthy' || status === 'degraded' ? 200 : 503;
}
