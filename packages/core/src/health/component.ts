/** Component: a check under the name that the answers give it. */
import type { Clock } from '../internal/clock.js';
import type { Assessed } from './assessment.js';
import type { CompleteCheck, HealthCheck, Probe } from './check.js';
import type { HealthView } from './effects.js';
import type { Finding, Monitor } from './monitor.js';
import { type ComponentReport, reportComponent } from './report.js';

export interface Component {
  readonly name: string;
  /** What the user registered. */
  readonly given: HealthCheck | Probe;
  readonly check: CompleteCheck;
  readonly monitor: Monitor;
}

/** A component with what is known of it. */
export interface Found extends Component {
  readonly finding: Finding;
}

/** Asks all components at once. */
export function findAll(components: readonly Component[], deadlineAtMs: number): Promise<Found[]> {
  const asked = components.map(async (component): Promise<Found> => {
    return { ...component, finding: await component.monitor.find(deadlineAtMs) };
  });
  return Promise.all(asked);
}

/** Whether a view looks at the component. */
export function concerns(view: HealthView, { check }: Component): boolean {
  return check.effects[view] !== 'ignore';
}

export function assessedIn(view: HealthView, found: readonly Found[]): Assessed[] {
  return found.map(({ check, finding: { status, isUndecided } }) => ({
    effect: check.effects[view],
    status,
    isUndecided,
  }));
}

/** Reports those components that the view looks at. */
export function reportAll(view: HealthView, found: readonly Found[], clock: Clock): ComponentReport[] {
  const nowMs = clock.now();
  return found
    .filter((component) => concerns(view, component))
    .map(({ name, check: { required, effects }, finding }) =>
      reportComponent(name, { required, effect: effects[view] }, finding, nowMs),
    );
}
