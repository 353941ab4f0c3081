/** Health: whether the service works, as the checks of its dependencies tell at this moment. */
import { systemClock, type Clock } from '../internal/clock.js';
import { invalidOption, requireObject, requireRange, withDefaults } from '../internal/options.js';
import { completeCheck, requireCheckName, type HealthCheck, type Probe } from './check.js';
import { watchOutage, type HealthChange } from './outage.js';
import { overallStatus, reportComponent, reportHealth } from './report.js';
import type { ComponentReport, HealthReport, HealthView } from './report.js';
import { createRunner, type Runner } from './runner.js';

/** What `createHealth()` takes. */
export interface HealthSettings {
  /** Release that is running, as the answers name it; read for each report. */
  readonly version?: string | undefined;
  /** The dependencies, by the names that the answers give them, in the order of the answers. */
  checks?: Readonly<Record<string, HealthCheck | Probe>>;
  /** Longest wait for all checks together, in milliseconds, from 1 to 60_000; below the kubelet's 1000. @default 800 */
  deadlineMs?: number;
  /** Told once when a check goes down and once when it is back, however many probes see it; what it throws is ignored. */
  onChange?: (change: HealthChange) => void;
  /** Where time is read. */
  clock?: Clock;
}

export const healthDefaults: { deadlineMs: number } = { deadlineMs: 800 };

/** The checks of one service, and the reports on them. */
export interface Health {
  /**
   * Adds a check under the name that the answers give it. The same check under the same name again changes nothing.
   *
   * @throws {ConfigError} When the name is taken, reserved or unprintable, or the check or one of its options is of no use.
   */
  register(name: string, check: HealthCheck | Probe): void;
  /**
   * Adds checks by name, all of them or, when it throws, none.
   *
   * @throws {ConfigError} As {@link register} does.
   */
  registerAll(checks: Readonly<Record<string, HealthCheck | Probe>>): void;
  /**
   * Asks every check at once, whatever view needs them, and reports within the deadline. Never rejects.
   *
   * Nothing is kept from one report to the next; but who asks while a check is running gets the result of that run. The
   * live view runs no check.
   */
  check(view?: HealthView): Promise<HealthReport>;
  /** Takes the service out of traffic for good: from now on 503 but for the live view, and no check is run. */
  drain(): void;
}

interface Component {
  readonly given: HealthCheck | Probe;
  report(deadlineAtMs: number): Promise<ComponentReport>;
}

/**
 * Makes the health of one service.
 *
 * @throws {ConfigError} When the deadline, a name or a check is of no use.
 */
export function createHealth(options: HealthSettings = {}): Health {
  const { clock = systemClock, checks = {}, onChange = () => {} } = options;
  const { deadlineMs } = withDefaults(healthDefaults, { deadlineMs: options.deadlineMs });
  requireRange('health.deadlineMs', deadlineMs, 1, 60_000);
  if (typeof onChange !== 'function') throw invalidOption('health.onChange', 'a function', onChange);
  requireObject('health.checks', checks, 'an object of checks by name');

  const components = new Map<string, Component>();
  const runners = new Map<HealthCheck | Probe, Runner>();
  let draining = false;

  function registerAll(given: Readonly<Record<string, HealthCheck | Probe>>): void {
    const made = Object.entries(given).map(([name, check]) => [name, component(name, check)] as const);
    for (const [name, component] of made) components.set(name, component);
  }

  function component(name: string, given: HealthCheck | Probe): Component {
    requireCheckName(name);
    const taken = components.get(name);
    if (taken?.given === given) return taken;
    const option = `health.checks.${name}`;
    if (taken) throw invalidOption(option, 'registered once', 'a second check of that name');
    const check = completeCheck(option, given, deadlineMs);
    const run = runners.get(given) ?? createRunner(check.probe, clock);
    runners.set(given, run);
    return { given, report: createReporter(name, check, { run, clock, onChange }) };
  }

  async function check(view: HealthView = 'health'): Promise<HealthReport> {
    if (view === 'live') return reportHealth(view, 'healthy', options.version);
    const reports = draining ? [] : await askAll();
    // asked again, because it may have begun to drain while the checks ran
    if (draining) return reportHealth(view, 'draining', options.version);
    return reportHealth(view, overallStatus(reports), options.version, reports);
  }

  function askAll(): Promise<ComponentReport[]> {
    const deadlineAtMs = clock.monotonicMs() + deadlineMs;
    return Promise.all([...components.values()].map((component) => component.report(deadlineAtMs)));
  }

  registerAll(checks);
  return {
    register: (name, given) => registerAll({ [name]: given }),
    registerAll,
    check,
    drain: () => void (draining = true),
  };
}

/** Makes what runs one check, watches it for an outage and reports it, with the time that is left. */
function createReporter(
  name: string,
  { required, timeoutMs }: Required<HealthCheck>,
  { run, clock, onChange }: { run: Runner; clock: Clock; onChange: (change: HealthChange) => void },
): Component['report'] {
  const watch = watchOutage(name, required, onChange);
  return async (deadlineAtMs) => {
    const outcome = await run(Math.max(0, Math.min(timeoutMs, deadlineAtMs - clock.monotonicMs())));
    watch(outcome);
    return reportComponent(name, required, outcome);
  };
}
