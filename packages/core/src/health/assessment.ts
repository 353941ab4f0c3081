/** Assessment: what a view answers, from the checks that have an effect on it. */
import type { HealthView, StartupEffect } from './effects.js';
import type { HealthStatus } from './report.js';
import type { ComponentStatus } from './standing.js';

/** A check as a view sees it. */
export interface Assessed {
  readonly effect: StartupEffect;
  readonly status: ComponentStatus;
  /** Whether no run has decided anything so far. */
  readonly isUndecided?: boolean;
}

/** Where the service is in its life. */
export interface Phase {
  /** Whether the startup view has passed once. */
  readonly hasStarted: boolean;
  readonly isDraining: boolean;
}

/** Weighs the checks of one view. */
export function assess(view: HealthView, checks: readonly Assessed[], { hasStarted, isDraining }: Phase): HealthStatus {
  const status = weigh(checks);
  if (view === 'live') return status === 'starting' ? 'healthy' : status;
  if (isDraining) return 'draining';
  if (view === 'startup') return hasStarted ? passed(status) : starting(status);
  return hasStarted ? status : 'starting';
}

/** Whether the checks that the startup waits for have all answered. */
export function isStarted(checks: readonly Assessed[]): boolean {
  const status = weigh(checks);
  return status === 'healthy' || status === 'degraded';
}

/** A required check that is down makes the service unhealthy; one that nobody knows of yet has it still starting. */
function weigh(checks: readonly Assessed[]): HealthStatus {
  const failed = checks.filter(({ effect, status }) => effect !== 'ignore' && status !== 'ok' && status !== 'disabled');
  const fatal = failed.filter(({ effect, status }) => effect !== 'degrade' && status !== 'degraded');
  if (fatal.some(({ status, isUndecided }) => status === 'down' || isUndecided !== true)) return 'unhealthy';
  if (fatal.length > 0) return 'starting';
  return failed.length > 0 ? 'degraded' : 'healthy';
}

/** A service that has started does not start again because a dependency went away. */
function passed(status: HealthStatus): HealthStatus {
  return status === 'degraded' ? 'degraded' : 'healthy';
}

function starting(status: HealthStatus): HealthStatus {
  return status === 'unhealthy' ? 'starting' : status;
}
