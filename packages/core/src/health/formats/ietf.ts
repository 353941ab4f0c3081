/** IETF: a report as draft-inadarei-api-health-check-06 has it. */
import type { ComponentReport, HealthReport } from '../report.js';
import type { ComponentStatus } from '../standing.js';
import { type Format, isoTime, type Printing, type StatusWords } from './format.js';

const statusWords: StatusWords = {
  healthy: 'pass',
  degraded: 'warn',
  unhealthy: 'fail',
  starting: 'fail',
  draining: 'fail',
};

/** The draft knows three states; a check nobody may ask has nothing against it. */
const componentWords: Readonly<Record<ComponentStatus, string>> = {
  ok: 'pass',
  degraded: 'warn',
  down: 'fail',
  unknown: 'fail',
  disabled: 'pass',
};

export const ietf: Format = {
  name: 'ietf',
  contentType: 'application/health+json',
  accepts: ['application/health+json'],
  print(report, printing) {
    const { status, version, checks } = report;
    return JSON.stringify({
      status: statusWords[status],
      // `version` is that of the public interface in this format
      ...(version !== undefined && { releaseId: version }),
      ...(status !== 'healthy' && { output: outputOf(report) }),
      checks: Object.fromEntries([...checks.map((check) => entryOf(check, printing)), ...uptime(printing)]),
    });
  },
};

/** The draft wants a reason unless all is well: which part of the service, never why. */
function outputOf({ status, checks }: HealthReport): string {
  const failing = checks.filter((check) => check.status !== 'ok' && check.status !== 'disabled').length;
  if (failing === 0 || status === 'draining') return status;
  return `${status}: ${failing} of ${checks.length} checks not ok`;
}

function entryOf(check: ComponentReport, { hasDetails }: Printing): [key: string, items: object[]] {
  const { name, status, code, durationMs, checkedAt, since, consecutiveFailures } = check;
  const item = {
    componentType: 'component',
    ...(hasDetails && checkedAt !== undefined && { observedValue: Math.round(durationMs), observedUnit: 'ms' }),
    status: componentWords[status],
    ...(code !== undefined && { output: code }),
    ...(status === 'disabled' && { disabled: true }),
    ...(hasDetails && checkedAt !== undefined && { time: isoTime(checkedAt) }),
    ...(hasDetails && since !== undefined && { since: isoTime(since), consecutiveFailures }),
  };
  return [`${name}:responseTime`, [item]];
}

function uptime({ hasDetails, uptimeSeconds, nowMs }: Printing): [key: string, items: object[]][] {
  if (!hasDetails) return [];
  const observed = { observedValue: Math.round(uptimeSeconds * 10) / 10, observedUnit: 's' };
  return [['process:uptime', [{ componentType: 'system', ...observed, status: 'pass', time: isoTime(nowMs) }]]];
}
