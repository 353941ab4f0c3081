/** Terminus: a report as @nestjs/terminus prints it, for what reads that already. */
import type { ComponentReport } from '../report.js';
import type { ComponentStatus } from '../standing.js';
import { detailsOf, type Format, type Printing, type StatusWords } from './format.js';

const statusWords: StatusWords = {
  healthy: 'ok',
  degraded: 'degraded',
  unhealthy: 'error',
  starting: 'error',
  draining: 'shutting_down',
};

const componentWords: Readonly<Record<ComponentStatus, string>> = {
  ok: 'up',
  degraded: 'degraded',
  down: 'down',
  unknown: 'down',
  disabled: 'up',
};

export const terminus: Format = {
  name: 'terminus',
  contentType: 'application/json; charset=utf-8',
  accepts: [],
  print({ status, checks }, printing) {
    const all = checks.map((check) => [check.name, resultOf(check, printing)] as const);
    const isDown = ([, result]: (typeof all)[number]): boolean => result.status === 'down';
    return JSON.stringify({
      status: statusWords[status],
      info: Object.fromEntries(all.filter((entry) => !isDown(entry))),
      error: Object.fromEntries(all.filter(isDown)),
      details: Object.fromEntries(all),
    });
  },
};

function resultOf(check: ComponentReport, printing: Printing): { readonly status: string | undefined } {
  const { code: message, responseTimeMs: responseTime, ...others } = detailsOf(check, printing);
  return {
    status: componentWords[check.status],
    ...(message !== undefined && { message }),
    ...(responseTime !== undefined && { responseTime }),
    ...others,
  };
}
