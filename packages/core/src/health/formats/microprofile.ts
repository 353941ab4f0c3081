/** MicroProfile: a report as MicroProfile Health prints it. */
import { detailsOf, type Format, type StatusWords } from './format.js';

const statusWords: StatusWords = {
  healthy: 'UP',
  degraded: 'UP',
  unhealthy: 'DOWN',
  starting: 'DOWN',
  draining: 'DOWN',
};

export const microprofile: Format = {
  name: 'microprofile',
  contentType: 'application/json; charset=utf-8',
  accepts: [],
  print({ status, checks }, printing) {
    // It has two words only, and a check that is switched off is neither.
    const shown = checks.filter((check) => check.status !== 'disabled');
    const printed = shown.map((check) => {
      const data = detailsOf(check, printing);
      const status = check.status === 'ok' || check.status === 'degraded' ? 'UP' : 'DOWN';
      return { name: check.name, status, ...(Object.keys(data).length > 0 && { data }) };
    });
    return JSON.stringify({ status: statusWords[status], checks: printed });
  },
};
