/** Spring: a report as Spring Boot Actuator prints it. */
import type { ComponentStatus } from '../standing.js';
import { detailsOf, type Format, type StatusWords } from './format.js';

/** Actuator has no word for a service that works with one part missing; to its readers that is UP. */
const statusWords: StatusWords = {
  healthy: 'UP',
  degraded: 'UP',
  unhealthy: 'DOWN',
  starting: 'OUT_OF_SERVICE',
  draining: 'OUT_OF_SERVICE',
};

const componentWords: Readonly<Record<ComponentStatus, string>> = {
  ok: 'UP',
  degraded: 'UP',
  down: 'DOWN',
  unknown: 'UNKNOWN',
  disabled: 'UNKNOWN',
};

export const spring: Format = {
  name: 'spring',
  contentType: 'application/vnd.spring-boot.actuator.v3+json',
  accepts: ['application/vnd.spring-boot.actuator.v3+json', 'application/vnd.spring-boot.actuator.v2+json'],
  print({ status, checks }, printing) {
    const components = checks.map((check) => {
      const details = detailsOf(check, printing);
      const status = componentWords[check.status];
      return [check.name, { status, ...(Object.keys(details).length > 0 && { details }) }];
    });
    return JSON.stringify({ status: statusWords[status], components: Object.fromEntries(components) as object });
  },
};
