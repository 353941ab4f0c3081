/** Report: what one probe of the service finds, before any format prints it. */
import type { FailureCode } from './failure.js';
import type { Outcome } from './runner.js';

/** What is asked: everything, whether the process lives, whether it takes traffic. */
export type HealthView = 'health' | 'live' | 'ready';

/** State of the whole service. */
export type HealthStatus = 'healthy' | 'degraded' | 'unhealthy' | 'starting' | 'draining';

/** State of one dependency. */
export type ComponentStatus = 'ok' | 'degraded' | 'down' | 'unknown';

/** What one view of the service found. */
export interface HealthReport {
  readonly view: HealthView;
  readonly status: HealthStatus;
  readonly httpStatus: 200 | 503;
  /** Release that is running; absent when nobody said. */
  readonly version?: string;
  /** In the order of registration; empty in the live view, and while draining. */
  readonly checks: readonly ComponentReport[];
}

/** What one check found. */
export interface ComponentReport {
  readonly name: string;
  readonly status: ComponentStatus;
  readonly required: boolean;
  /** Why it is not ok, in a form that is safe to publish. */
  readonly code?: FailureCode;
  /** How long the run took, in milliseconds. */
  readonly durationMs: number;
  /** What the probe threw; it may hold hosts and credentials. Not enumerable, so that printing the report never shows it. */
  readonly error?: unknown;
}

/** Reports one check from the outcome of its run. */
export function reportComponent(name: string, required: boolean, outcome: Outcome): ComponentReport {
  const { durationMs } = outcome;
  if (outcome.ok) return { name, status: 'ok', required, durationMs };
  const report: ComponentReport = { name, status: 'down', required, code: outcome.code, durationMs };
  return Object.defineProperty(report, 'error', { value: outcome.error });
}

/** Reports the service as one of its views sees it. */
export function reportHealth(
  view: HealthView,
  status: HealthStatus,
  version: string | undefined,
  checks: readonly ComponentReport[] = [],
): HealthReport {
  const httpStatus = status === 'healthy' || status === 'degraded' ? 200 : 503;
  return { view, status, httpStatus, ...(version !== undefined && { version }), checks };
}

/** A required check that is not ok makes the service unhealthy, any other only degraded. */
export function overallStatus(checks: readonly ComponentReport[]): HealthStatus {
  const failed = checks.filter(({ status }) => status !== 'ok');
  if (failed.some(({ required }) => required)) return 'unhealthy';
  return failed.length > 0 ? 'degraded' : 'healthy';
}
