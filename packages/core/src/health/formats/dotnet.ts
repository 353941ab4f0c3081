/** .NET: a report as ASP.NET Core's health checks print it for the Xabaril dashboard. */
import type { HealthReport } from '../report.js';
import type { ComponentStatus } from '../standing.js';
import { type Format, type Printing, type StatusWords } from './format.js';

const statusWords: StatusWords = {
  healthy: 'Healthy',
  degraded: 'Degraded',
  unhealthy: 'Unhealthy',
  starting: 'Unhealthy',
  draining: 'Unhealthy',
};

const componentWords: Readonly<Record<ComponentStatus, string>> = {
  ok: 'Healthy',
  degraded: 'Degraded',
  down: 'Unhealthy',
  unknown: 'Unhealthy',
  disabled: 'Healthy',
};

export const dotnet: Format = {
  name: 'dotnet',
  contentType: 'application/json; charset=utf-8',
  accepts: [],
  print({ status, checks }, printing) {
    const longestMs = Math.max(0, ...checks.map(({ durationMs }) => durationMs));
    return JSON.stringify({
      status: statusWords[status],
      totalDuration: timeSpan(longestMs, printing),
      entries: Object.fromEntries(checks.map((check) => [check.name, entryOf(check, printing)])),
    });
  },
};

function entryOf(
  { status, code, durationMs, required }: HealthReport['checks'][number],
  printing: Printing,
): Readonly<Record<string, unknown>> {
  return {
    data: {},
    ...(code !== undefined && { description: code }),
    duration: timeSpan(durationMs, printing),
    status: componentWords[status],
    tags: [required ? 'required' : 'optional'],
  };
}

/** The dashboard wants a duration; who may not see it gets zero. */
function timeSpan(durationMs: number, { hasDetails }: Printing): string {
  const shownMs = hasDetails ? Math.min(Math.round(durationMs), 86_399_999) : 0;
  return `${new Date(shownMs).toISOString().slice(11, 23)}0000`;
}
