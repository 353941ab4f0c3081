/** Health: whether the service works, as the checks of its dependencies tell at this moment. */
import { systemClock, type Clock } from '../internal/clock.js';
import { holdProcess } from '../internal/hold-process.js';
import { invalidOption, requireObject, requireRange } from '../internal/options.js';
import { assess, isStarted } from './assessment.js';
import type { HealthCheck, Probe } from './check.js';
import { assessedIn, type Component, concerns, findAll, type Found, reportAll } from './component.js';
import { Registry } from './registry.js';
import type { HealthView } from './effects.js';
import { printMatrix, simulate, type ViewAnswers } from './matrix.js';
import type { HealthChange } from './outage.js';
import { type HealthReport, reportHealth } from './report.js';
import { waitForStartup } from './startup.js';
import type { ComponentStatus } from './standing.js';

/** What `createHealth()` takes. */
export interface HealthSettings {
  /** Release that is running, as the answers name it; read for each report. */
  readonly version?: string | undefined;
  /** The dependencies, by the names that the answers give them, in the order of the answers. */
  checks?: Readonly<Record<string, HealthCheck | Probe>>;
  /**
   * Longest wait for all checks together, in milliseconds, from 1 to 60_000; stay below the `timeoutSeconds` of the probes,
   * which is 1. Read for each report.
   * @default 800
   */
  readonly deadlineMs?: number | undefined;
  /** Told once when a check goes down and once when it is back, however many probes see it; what it throws is ignored. */
  onChange?: (change: HealthChange) => void;
  /** Where time is read. */
  clock?: Clock;
  /** A number from 0 to 1, as `Math.random` gives it: it sets the pauses between runs in the background apart. */
  random?: () => number;
}

export const healthDefaults: { deadlineMs: number } = { deadlineMs: 800 };

/** @throws {ConfigError} When it is no number from 1 to 60_000. */
export function requireDeadline(deadlineMs: number = healthDefaults.deadlineMs): void {
  requireRange('health.deadlineMs', deadlineMs, 1, 60_000);
}

/** How long `ready()` waits unless it is told. */
const readyTimeoutMs = 10_000;

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
   * Asks every check that the view looks at, all at once, and reports within the deadline. Never rejects.
   *
   * Who asks while a check is running gets the result of that run, whatever the view.
   */
  check(view?: HealthView): Promise<HealthReport>;
  /**
   * Resolves when every check whose startup effect is `refuse` answers; they are asked again and again until then, within
   * `timeoutMs` milliseconds, 10_000 if left out.
   *
   * @throws {StartupError} When one is still missing by then; its message names check and host, never a credential.
   */
  ready(options?: { timeoutMs?: number }): Promise<void>;
  /** The matrix of checks and views as a table to print. */
  explain(): string;
  /**
   * Tells what each view would answer with the checks in these states and all others ok: `simulate({ redis: 'down' })`.
   *
   * @throws {ConfigError} When a check is not registered, or a state is none.
   */
  simulate(states: Readonly<Record<string, ComponentStatus>>): ViewAnswers;
  /** Takes the service out of traffic for good: from now on 503 but for the live view, and no check is run. */
  drain(): void;
}

/**
 * Makes the health of one service.
 *
 * @throws {ConfigError} When the deadline, a name or a check is of no use.
 */
export function createHealth(options: HealthSettings = {}): Health {
  return new ServiceHealth(options);
}

class ServiceHealth implements Health {
  private readonly registry: Registry;
  private readonly clock: Clock;
  private hasStarted = false;
  private isDraining = false;

  constructor(private readonly options: HealthSettings) {
    const { clock = systemClock, checks = {}, onChange = () => {} } = options;
    requireDeadline(options.deadlineMs);
    if (typeof onChange !== 'function') throw invalidOption('health.onChange', 'a function', onChange);
    requireObject('health.checks', checks, 'an object of checks by name');
    this.clock = clock;
    const deadlineMs = (): number => this.deadlineMs;
    this.registry = new Registry({ clock, deadlineMs, onChange, random: options.random ?? Math.random });
    this.registerAll(checks);
  }

  private get deadlineMs(): number {
    return this.options.deadlineMs ?? healthDefaults.deadlineMs;
  }

  register(name: string, check: HealthCheck | Probe): void {
    this.registerAll({ [name]: check });
  }

  registerAll(checks: Readonly<Record<string, HealthCheck | Probe>>): void {
    this.registry.add(checks);
  }

  async check(view: HealthView = 'health'): Promise<HealthReport> {
    if (this.isDraining) return this.report(view, []);
    const found = await findAll(this.askedFor(view), this.clock.monotonicMs() + this.deadlineMs);
    this.noteStart(found);
    // asked again, because it may have begun to drain while the checks ran
    return this.report(view, this.isDraining ? [] : found);
  }

  async ready({ timeoutMs = readyTimeoutMs }: { timeoutMs?: number } = {}): Promise<void> {
    requireRange('ready.timeoutMs', timeoutMs, 1);
    const attempt = async (limitMs: number): Promise<readonly Found[]> => {
      const deadlineAtMs = this.clock.monotonicMs() + Math.min(limitMs, this.deadlineMs);
      const found = await findAll(this.askedFor('startup'), deadlineAtMs);
      this.noteStart(found);
      return found.filter(
        (each) => each.check.effects.startup === 'refuse' && !isStarted(assessedIn('startup', [each])),
      );
    };
    const { clock } = this;
    // A service that is not up yet may have nothing else that keeps its process alive.
    await holdProcess(waitForStartup({ attempt, isDraining: () => this.isDraining, clock, timeoutMs }));
  }

  explain(): string {
    return printMatrix(this.registry.components);
  }

  simulate(states: Readonly<Record<string, ComponentStatus>>): ViewAnswers {
    return simulate(this.registry.components, states);
  }

  drain(): void {
    this.isDraining = true;
    this.registry.stop();
  }

  /** Until the service has started, every view but `live` waits for what the startup waits for. */
  private askedFor(view: HealthView): Component[] {
    const waits = view !== 'live' && !this.hasStarted;
    return this.registry.components.filter(
      (component) => concerns(view, component) || (waits && concerns('startup', component)),
    );
  }

  private noteStart(found: readonly Found[]): void {
    const awaited = found.filter((component) => concerns('startup', component));
    if (awaited.length > 0) this.hasStarted ||= isStarted(assessedIn('startup', awaited));
  }

  private report(view: HealthView, found: readonly Found[]): HealthReport {
    const waits = this.registry.components.some((component) => concerns('startup', component));
    const phase = { hasStarted: this.hasStarted || !waits, isDraining: this.isDraining };
    const status = assess(view, assessedIn(view, found), phase);
    return reportHealth(view, status, this.options.version, reportAll(view, found, this.clock));
  }
}
