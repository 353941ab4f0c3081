/** Registry: the checks of one service by name, each asked by one monitor whatever the number of its names. */
import { invalidOption } from '../internal/options.js';
import { completeCheck, type HealthCheck, type Probe, requireCheckName } from './check.js';
import type { Component } from './component.js';
import { createMonitor, type Monitor, type MonitorSettings } from './monitor.js';
import type { HealthChange } from './outage.js';

export interface RegistrySettings extends MonitorSettings {
  readonly deadlineMs: () => number;
  readonly onChange: (change: HealthChange) => void;
}

export class Registry {
  private readonly byName = new Map<string, Component>();
  private readonly monitors = new Map<HealthCheck | Probe, Monitor>();
  private isStopped = false;

  constructor(private readonly settings: RegistrySettings) {}

  /** In the order of registration. */
  get components(): readonly Component[] {
    return [...this.byName.values()];
  }

  /**
   * Adds all checks or, when it throws, none.
   *
   * @throws {ConfigError} When a name is taken or no name, or a check is of no use.
   */
  add(checks: Readonly<Record<string, HealthCheck | Probe>>): void {
    // All are judged before the first one is taken, and so before anything runs.
    const judged = Object.entries(checks).map(([name, given]) => this.judge(name, given));
    for (const { name, given, check } of judged) {
      if (!this.byName.has(name))
        this.byName.set(name, { name, given, check, monitor: this.monitorOf(name, given, check) });
    }
  }

  /** Ends all runs in the background. */
  stop(): void {
    this.isStopped = true;
    for (const monitor of this.monitors.values()) monitor.stop();
  }

  private judge(name: string, given: HealthCheck | Probe): Omit<Component, 'monitor'> {
    requireCheckName(name);
    const taken = this.byName.get(name);
    if (taken?.given === given) return taken;
    const option = `health.checks.${name}`;
    if (taken) throw invalidOption(option, 'registered once', 'a second check of that name');
    return { name, given, check: completeCheck(option, given, this.settings.deadlineMs()) };
  }

  private monitorOf(name: string, given: HealthCheck | Probe, check: Component['check']): Monitor {
    const known = this.monitors.get(given);
    const monitor = known ?? createMonitor(check, this.settings);
    this.monitors.set(given, monitor);
    monitor.watch(name, this.settings.onChange);
    if (!known) monitor.watch(name, check.onChange);
    if (this.isStopped) monitor.stop();
    return monitor;
  }
}
