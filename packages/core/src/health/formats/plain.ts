/** Plain: a report as one word, or with `?verbose` as a line for each check, as kube-apiserver has it. */
import type { ComponentReport } from '../report.js';
import { detailsOf, type Format, type Printing } from './format.js';

export const plain: Format = {
  name: 'text',
  contentType: 'text/plain; charset=utf-8',
  accepts: ['text/plain'],
  print({ view, status, checks, httpStatus }, printing) {
    if (!printing.isVerbose) return `${status}\n`;
    const lines = checks.map((check) => lineOf(check, printing));
    const end = httpStatus === 200 ? `${view} check passed: ${status}` : `${view} check failed: ${status}`;
    return [...lines, end, ''].join('\n');
  },
};

function lineOf(check: ComponentReport, printing: Printing): string {
  const { name, status } = check;
  const { code, responseTimeMs, since, consecutiveFailures = 0 } = detailsOf(check, printing);
  const mark = status === 'ok' || status === 'degraded' || status === 'disabled' ? '[+]' : '[-]';
  const details = [
    ...(responseTimeMs === undefined ? [] : [`${responseTimeMs} ms`]),
    ...(since === undefined ? [] : [`since ${since}`]),
    ...(consecutiveFailures > 0 ? [`${consecutiveFailures} failed in a row`] : []),
  ];
  const reason = code === undefined ? '' : `: ${code}`;
  return `${mark}${name} ${status}${reason}${details.length > 0 ? ` (${details.join(', ')})` : ''}`;
}
