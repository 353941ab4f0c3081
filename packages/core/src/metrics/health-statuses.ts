/** Health statuses: what each check last found, asked for at each scrape, also where no probe comes. */
import type { MeasuredApplication } from './application.js';
import type { Labels } from './family.js';

/** What a dependency's state counts as; a check that is disabled has none. */
const worth: Readonly<Record<string, number>> = { ok: 1, degraded: 0.5, unknown: 0.5, down: 0 };

export class HealthStatuses {
  private readonly last = new Map<string, number>();

  /** Runs the checks, or joins the run under way. While an application drains, its last statuses stay. Never rejects. */
  async refresh(applications: Iterable<MeasuredApplication>): Promise<void> {
    const reports = await Promise.all(
      [...applications].map(({ health }) => health.check('health').catch(() => undefined)),
    );
    for (const { name, status } of reports.flatMap((report) => report?.checks ?? [])) {
      const value = worth[status];
      if (value === undefined) this.last.delete(name);
      else this.last.set(name, value);
    }
  }

  *values(): Iterable<readonly [Labels, number]> {
    for (const [name, value] of this.last) yield [{ name }, value];
  }
}
