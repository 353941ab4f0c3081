/** Matrix: what each check means to each view, to be read and to be tried out. */
import { invalidOption, requireObject, requireOneOf } from '../internal/options.js';
import { assess } from './assessment.js';
import type { Component } from './component.js';
import { type HealthView, healthViews } from './effects.js';
import { httpStatusOf, type HealthStatus } from './report.js';
import { withoutCredentials } from './target.js';
import type { ComponentStatus } from './standing.js';

/** What each view would answer. */
export type ViewAnswers = Readonly<
  Record<HealthView, { readonly status: HealthStatus; readonly httpStatus: 200 | 503 }>
>;

/** Prints the matrix: a row for each check, a column for each view. */
export function printMatrix(components: readonly Component[]): string {
  const rows = components.map(({ name, check: { effects, polling, target } }) => [
    name,
    ...healthViews.map((view) => effects[view]),
    polling ? `every ${polling.everyMs} ms` : 'on demand',
    (target !== undefined && withoutCredentials(target)) || '-',
  ]);
  const table = [['check', ...healthViews, 'asked', 'target'], ...rows];
  const widths = table[0]?.map((_, column) => Math.max(...table.map((row) => row[column]?.length ?? 0))) ?? [];
  const lines = table.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '));
  return lines.map((line) => line.trimEnd()).join('\n');
}

const statuses: readonly ComponentStatus[] = ['ok', 'degraded', 'down', 'unknown', 'disabled'];

/**
 * Tells what each view would answer with the checks in the given states and all others ok: the startup view of a service
 * that has not started yet, the others of one that has.
 *
 * @throws {ConfigError} When a check is not registered, or a state is none.
 */
export function simulate(
  components: readonly Component[],
  states: Readonly<Record<string, ComponentStatus>>,
): ViewAnswers {
  requireObject('simulate', states, 'an object of states by check');
  const names = components.map(({ name }) => name);
  for (const [name, status] of Object.entries(states)) {
    if (!names.includes(name))
      throw invalidOption('simulate', `a check that is registered (${names.join(', ')})`, name);
    requireOneOf(`simulate.${name}`, status, statuses);
  }
  const answer = (view: HealthView): ViewAnswers[HealthView] => {
    const checks = components.map(({ name, check }) => ({ effect: check.effects[view], status: states[name] ?? 'ok' }));
    const status = assess(view, checks, { hasStarted: view !== 'startup', isDraining: false });
    return { status, httpStatus: httpStatusOf(status) };
  };
  return { health: answer('health'), live: answer('live'), ready: answer('ready'), startup: answer('startup') };
}
