/** Loki labels: the user's own, refused when Loki would refuse every line that bears them. */
import { invalidOption, requireObject } from '../internal/options.js';

/** The labels that are there without being asked for. */
const ownLabels = ['service_name', 'env', 'level', 'replay'];

// Limits that Loki sets by default: https://grafana.com/docs/loki/latest/configure/#limits_config
const maxLabels = 15 - ownLabels.length;
const maxNameLength = 1_024;
const maxValueBytes = 2_048;

/** Refuses labels that Loki refuses, and those that are given already. */
export function requireLabels(labels: Readonly<Record<string, string>>): void {
  requireObject('loki.labels', labels, 'an object of texts');
  const all = Object.entries(labels);
  if (all.length > maxLabels) throw invalidOption('loki.labels', `at most ${maxLabels} labels`, all.length);
  for (const [name, value] of all) {
    if (!/^(?!__)[a-zA-Z_][a-zA-Z0-9_]*$/.test(name) || name.length > maxNameLength)
      throw invalidOption('loki.labels', 'names of letters, digits and _, no digit and no __ in front', name);
    if (ownLabels.includes(name)) throw invalidOption('loki.labels', `without ${ownLabels.join(', ')}`, name);
    if (typeof value !== 'string' || value === '' || Buffer.byteLength(value) > maxValueBytes)
      throw invalidOption(`loki.labels.${name}`, `a text of 1 to ${maxValueBytes} bytes`, value);
  }
}
