/** Budget: what a shutdown may take in all, against the time after which it is killed. */
import { ConfigError } from '../errors.js';

interface Budgets {
  readonly preStopMs: number;
  readonly delayMs: number;
  readonly closeTimeoutMs: number;
  readonly hooks: readonly { readonly name: string; readonly timeoutMs: number }[];
  readonly flushTimeoutMs: number;
  readonly gracePeriodMs: number;
}

/** @throws {ConfigError} When the parts do not fit, with each part and their sum in its message. */
export function requireFittingBudget(budgets: Budgets): void {
  const parts = partsOf(budgets);
  const totalMs = parts.reduce((sum, [, ms]) => sum + ms, 0);
  const { gracePeriodMs } = budgets;
  if (totalMs <= gracePeriodMs) return;
  const sum = parts.map(([name, ms]) => `${name} ${ms}`).join(' + ');
  const message = `gracePeriodMs must be at least ${totalMs}, which a shutdown may take (${sum}), got ${gracePeriodMs}; raise terminationGracePeriodSeconds and gracePeriodMs, or lower a part`;
  throw new ConfigError('INVALID_OPTION', message, 'gracePeriodMs', `at least ${totalMs}`, String(gracePeriodMs));
}

function partsOf({ preStopMs, delayMs, closeTimeoutMs, hooks, flushTimeoutMs }: Budgets): [string, number][] {
  return [
    ...(preStopMs > 0 ? [['preStopMs', preStopMs] as [string, number]] : []),
    ['delayMs', delayMs],
    ['closeTimeoutMs', closeTimeoutMs],
    ...hooks.map(({ name, timeoutMs }): [string, number] => [`hooks.${name}`, timeoutMs]),
    ['flushTimeoutMs', flushTimeoutMs],
  ];
}
