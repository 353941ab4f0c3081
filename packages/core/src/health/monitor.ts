/** Monitor: what is known of one check, asked anew when that is too old. */
import type { Clock } from '../internal/clock.js';
import type { CompleteCheck } from './check.js';
import type { HealthChange } from './outage.js';
import { watchOutage } from './outage.js';
import { startPolling } from './poll.js';
import { createRunner, type Outcome } from './runner.js';
import { type ComponentStatus, nextStanding, firstStanding, type Standing } from './standing.js';

/** What is known of a check at a moment. */
export interface Finding extends Omit<Standing, 'status'> {
  readonly status: ComponentStatus;
  /** Whether no run has decided anything so far. */
  readonly isUndecided: boolean;
  /** How long the last run took, in milliseconds; 0 before the first. */
  readonly durationMs: number;
  /** How long ago the last run ended, in milliseconds; `undefined` before the first. */
  readonly ageMs: number | undefined;
  /** How long the status has been what it is, in milliseconds; `undefined` before the first decision, and when it is too old to tell. */
  readonly unchangedMs: number | undefined;
}

export interface Monitor {
  /** What is known, after a run when it was too old; answers by the deadline and never rejects. */
  find(deadlineAtMs: number): Promise<Finding>;
  /** Has every change of the check told under this name too. */
  watch(name: string, onChange: (change: HealthChange) => void): void;
  /** Ends the runs in the background. */
  stop(): void;
}

export interface MonitorSettings {
  readonly clock: Clock;
  /** A number from 0 to 1, as `Math.random` gives it. */
  readonly random: () => number;
}

/** Makes the monitor of a check; one that polls begins to. */
export function createMonitor(check: CompleteCheck, { clock, random }: MonitorSettings): Monitor {
  return new CheckMonitor(check, clock, random);
}

class CheckMonitor implements Monitor {
  private readonly run;
  private readonly watchers: ((standing: Standing, atMs: number) => void)[] = [];
  private standing: Standing = firstStanding;
  private last: Outcome | undefined;
  private changedAtMs = 0;
  private readonly endPolling: () => void;

  constructor(
    private readonly check: CompleteCheck,
    private readonly clock: Clock,
    random: () => number,
  ) {
    this.run = createRunner(check.probe, clock);
    const { polling, timeoutMs } = check;
    this.endPolling = polling
      ? startPolling(() => this.poll(timeoutMs), { ...polling, clock, random })
      : () => undefined;
  }

  async find(deadlineAtMs: number): Promise<Finding> {
    if (!this.isEnabled()) return this.finding('disabled');
    const ageMs = this.ageMs();
    const { polling } = this.check;
    if (polling) return this.finding(ageMs !== undefined && ageMs > polling.staleAfterMs ? 'unknown' : undefined);
    if (ageMs === undefined || ageMs >= this.keptMs()) await this.ask(deadlineAtMs - this.clock.monotonicMs());
    return this.finding();
  }

  watch(name: string, onChange: (change: HealthChange) => void): void {
    this.watchers.push(watchOutage(name, this.check.required, onChange));
  }

  stop(): void {
    this.endPolling();
  }

  private isEnabled(): boolean {
    try {
      return this.check.enabled() !== false;
    } catch {
      return true; // who cannot say that it is off is asked
    }
  }

  private async poll(limitMs: number): Promise<void> {
    if (this.isEnabled()) await this.ask(limitMs);
  }

  private async ask(limitMs: number): Promise<void> {
    this.take(await this.run(Math.max(0, Math.min(this.check.timeoutMs, limitMs))));
  }

  /** Counts a run once, however many probes have waited for it. */
  private take(outcome: Outcome): void {
    if (outcome === this.last) return;
    this.last = outcome;
    const before = this.standing;
    this.standing = nextStanding(before, outcome, this.check);
    if (this.standing.status !== before.status) this.changedAtMs = outcome.endedAtMs;
    for (const watch of this.watchers) watch(this.standing, outcome.endedAtMs);
  }

  private keptMs(): number {
    return this.last?.ok === true ? this.check.cacheMs : this.check.failureCacheMs;
  }

  private ageMs(): number | undefined {
    return this.last && this.clock.monotonicMs() - this.last.endedAtMs;
  }

  private finding(status: ComponentStatus = this.standing.status): Finding {
    const isUndecided = this.standing.status === 'unknown';
    const durationMs = this.last?.durationMs ?? 0;
    const isKnown = !isUndecided && status === this.standing.status;
    const unchangedMs = isKnown ? this.clock.monotonicMs() - this.changedAtMs : undefined;
    return { ...this.standing, status, isUndecided, durationMs, ageMs: this.ageMs(), unchangedMs };
  }
}
