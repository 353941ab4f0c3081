/** Text format: one metric as the lines that Prometheus reads, in its own format or in OpenMetrics. */
import type { Labels, Sample } from './family.js';

export type TextFormat = 'prometheus' | 'openmetrics';

/** Prometheus 3 refuses an answer without one of these: https://prometheus.io/docs/instrumenting/content_negotiation/ */
export const contentTypes: Readonly<Record<TextFormat, string>> = {
  prometheus: 'text/plain; version=0.0.4; charset=utf-8',
  openmetrics: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
};

/** What OpenMetrics wants at the end, so that a scraper knows that it has the whole. */
export const endOfText: Readonly<Record<TextFormat, string>> = { prometheus: '', openmetrics: '# EOF\n' };

/** A metric's name as a format wants it: to OpenMetrics `_total` belongs to the line, not to the metric. */
function familyName(name: string, type: string, format: TextFormat): string {
  return format === 'openmetrics' && type === 'counter' ? name.replace(/_total$/, '') : name;
}

/** The two lines above the values. */
export function headOf(name: string, type: string, help: string, format: TextFormat): string {
  const family = familyName(name, type, format);
  const text = format === 'openmetrics' ? escapeLabel(help) : help.replace(/\\/g, '\\\\').replace(/\n/g, '\\n');
  return `# HELP ${family} ${text}\n# TYPE ${family} ${type === 'untyped' && format === 'openmetrics' ? 'unknown' : type}\n`;
}

/** One value. */
export function lineOf(name: string, type: string, sample: Sample, format: TextFormat, common: Labels): string {
  const isTotal = format === 'openmetrics' && type === 'counter';
  const line = isTotal ? `${familyName(name, type, format)}_total` : (sample.metricName ?? name);
  const labels = labelsOf(sample, common);
  const braces = labels === '' ? '' : `{${labels}}`;
  return `${line}${braces} ${numberText(sample.value)}${format === 'openmetrics' ? exemplarText(sample) : ''}\n`;
}

/** The labels of the line, then those of its series, then those of the registry; the first of a name counts. */
function labelsOf({ labels, sharedLabels = {} }: Sample, common: Labels): string {
  let text = '';
  for (const name in labels) text = withLabel(text, name, labels);
  for (const name in sharedLabels) if (!Object.hasOwn(labels, name)) text = withLabel(text, name, sharedLabels);
  for (const name in common)
    if (!Object.hasOwn(labels, name) && !Object.hasOwn(sharedLabels, name)) text = withLabel(text, name, common);
  return text;
}

function withLabel(text: string, name: string, labels: Labels): string {
  return `${text === '' ? '' : `${text},`}${name}="${escapeLabel(String(labels[name]))}"`;
}

function exemplarText({ exemplar }: Sample): string {
  if (!exemplar) return '';
  return ` # {${labelsOf({ labels: exemplar.labelSet, value: 0 }, {})}} ${numberText(exemplar.value)} ${exemplar.timestamp}`;
}

function numberText(value: number): string {
  if (value === Infinity) return '+Inf';
  return value === -Infinity ? '-Inf' : String(value);
}

function escapeLabel(text: string): string {
  return /[\\"\n]/.test(text) ? text.replace(/\\/g, '\\\\').replace(/"/g, '\\"').replace(/\n/g, '\\n') : text;
}
