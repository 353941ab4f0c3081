/** OpenMetrics: a report as gauges for a scrape (https://prometheus.io/docs/specs/om/open_metrics_spec/). */
import type { ComponentReport, HealthReport } from '../report.js';
import type { ComponentStatus } from '../standing.js';
import type { Format, Printing } from './format.js';

/** What is unknown or switched off has no value, rather than one that reads as an outage. */
const componentValues: Readonly<Partial<Record<ComponentStatus, number>>> = { ok: 1, degraded: 0.5, down: 0 };

const serviceValues: Readonly<Record<HealthReport['status'], number>> = {
  healthy: 1,
  degraded: 0.5,
  unhealthy: 0,
  starting: 0,
  draining: 0,
};

export const openmetrics: Format = {
  name: 'openmetrics',
  contentType: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
  accepts: ['application/openmetrics-text'],
  isAlways200: true,
  print({ view, status, checks }, { hasDetails }: Printing) {
    const known = checks.filter((check) => componentValues[check.status] !== undefined);
    const asked = hasDetails ? checks.filter(({ checkedAt }) => checkedAt !== undefined) : [];
    const lines = [
      ...family('health_status', 'Health of the service: 1 healthy, 0.5 degraded, 0 neither.'),
      `health_status{endpoint="${view}"} ${serviceValues[status]}`,
      ...family('health_check_status', 'State of a check: 1 ok, 0.5 degraded, 0 down.'),
      ...known.map((check) => sample('health_check_status', check, componentValues[check.status] ?? 0)),
      ...(hasDetails ? family('health_check_duration_seconds', 'How long the last run took.', 'seconds') : []),
      ...asked.map((check) => sample('health_check_duration_seconds', check, check.durationMs / 1_000)),
      '# EOF',
      '',
    ];
    return lines.join('\n');
  },
};

function family(name: string, help: string, unit?: string): string[] {
  return [`# TYPE ${name} gauge`, ...(unit === undefined ? [] : [`# UNIT ${name} ${unit}`]), `# HELP ${name} ${help}`];
}

function sample(metric: string, { name, required }: ComponentReport, value: number): string {
  const escaped = name.replaceAll('\\', '\\\\').replaceAll('"', '\\"');
  return `${metric}{name="${escaped}",required="${required}"} ${value}`;
}
