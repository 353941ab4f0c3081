/** The page on metrics: its table is the catalogue, and its questions ask for what there is. */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { metricsCatalogue } from '@throughline/core/metrics';
import { describe, expect, it } from 'vitest';
import { hasCommand } from '../integration/require-service.js';
import { blocksIn, page } from './pages.js';
import { emptyFolder } from './snippet-file.js';

const metrics = Object.values(metricsCatalogue);
const labels = new Set([...metrics.flatMap((metric) => metric.labels), 'le']);

/** Every row of the page that begins with a name of a metric, without the padding. */
const rows = page('docs/metrics.md')
  .split('\n')
  .filter((line) => /^\| `\w+_\w+` /.test(line))
  .map((line) => line.replace(/\s+/g, ' '));

describe('the table of metrics', () => {
  it('is that of the catalogue', () => {
    expect(rows).toEqual(
      metrics.map(({ name, type, labels, help }) =>
        `| \`${name}\` | ${type} | ${labels.map((label) => `\`${label}\``).join(', ')} | ${help} |`.replace(
          /\s+/g,
          ' ',
        ),
      ),
    );
  });
});

describe('a question to Prometheus', () => {
  it.each(blocksIn('promql'))('asks for metrics and labels that there are: %s', (_, { code }) => {
    const ofOurs = metrics.flatMap(({ name, type }) =>
      type === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name],
    );
    const asked = code.match(/\b[a-z]+(?:_[a-z0-9]+)+\b(?!\s*[(=!])/g) ?? [];
    const unknown = asked.filter(
      (name) => !ofOurs.includes(name) && !labels.has(name) && !/^(nodejs|process)_/.test(name),
    );
    expect(unknown).toEqual([]);
    const matched = [...code.matchAll(/[{,]\s*(\w+)(?:=~|!=|=)"/g)].map(([, label = '']) => label);
    const grouped = [...code.matchAll(/by \(([^)]*)\)/g)].flatMap(([, names = '']) => names.split(/,\s*/));
    expect([...matched, ...grouped].filter((label) => !labels.has(label))).toEqual([]);
  });

  it.skipIf(!hasCommand('promtool')).each(blocksIn('promql'))('is PromQL to promtool: %s', (_, { code }) => {
    const rules = { groups: [{ name: 'questions', rules: [{ record: 'answer', expr: code }] }] };
    const file = join(emptyFolder('promql'), 'rules.yml');
    writeFileSync(file, JSON.stringify(rules));
    const { status, stdout, stderr } = spawnSync('promtool', ['check', 'rules', file], { encoding: 'utf8' });
    expect({ status, said: status === 0 ? '' : stdout + stderr }).toEqual({ status: 0, said: '' });
  });
});
