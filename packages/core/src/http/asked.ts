/** Asked: what functions of the application's say of a request; one that throws is as good as none. */
import { isError } from '../internal/error-fields.js';
import { levelNames, levelNumber } from '../log/levels.js';
import { errorLevel } from '../log/logged-error.js';
import type { AccessLine } from './access-line.js';
import { exportFailure } from './access-log.js';
import type { AccessLogSettings } from './access-log-settings.js';
import type { Exchange } from './exchange.js';
import type { ObservedApplication } from './observed.js';
import { sayOnce } from './say-once.js';

export type Fields = Record<string, unknown>;

/** Calls `work`; that it threw is said once. */
export function ask<T>(application: ObservedApplication, option: string, work: () => T): T | undefined {
  try {
    return work();
  } catch {
    sayOnce(application, `accessLog.${option} threw; the access line is written without it`);
    return undefined;
  }
}

/** What the function gave, when that is fields; read here, where a getter that throws does no harm. */
export function askFields(
  application: ObservedApplication,
  option: string,
  work: () => object | undefined,
): Fields | undefined {
  return ask(application, option, () => {
    const given: unknown = work();
    if (typeof given !== 'object' || given === null) return undefined;
    return isError(given) ? (given as unknown as Fields) : { ...given };
  });
}

export function askProps(
  { customProps }: AccessLogSettings,
  { req, res }: Exchange,
  application: ObservedApplication,
): Fields | undefined {
  return askFields(application, 'customProps', () =>
    typeof customProps === 'function' ? (customProps(req, res) as object | undefined) : customProps,
  );
}

/** Whether the request is to have no line. */
export function isIgnored(
  { autoLogging }: AccessLogSettings,
  { req }: Exchange,
  application: ObservedApplication,
): boolean {
  if (typeof autoLogging !== 'object') return autoLogging === false;
  return ask(application, 'autoLogging.ignore', () => autoLogging.ignore?.(req)) === true;
}

/** The level that `customLogLevel` gives, else `fallback`. */
export function askLevel(
  { customLogLevel }: AccessLogSettings,
  fallback: string,
  { req, res }: Exchange,
  application: ObservedApplication,
  error?: Error,
): string {
  if (!customLogLevel) return fallback;
  const given: unknown = ask(application, 'customLogLevel', () => customLogLevel(req, res, error));
  const level = typeof given === 'string' ? given.trim() : '';
  return levelNames.includes(level) ? level : fallback;
}

/** Tells the exporters of a failure whose line is at none of the levels that do so. */
export function exportBelowError(
  exchange: Exchange,
  application: ObservedApplication,
  line: AccessLine,
  level: string,
): void {
  if (level === 'silent' || levelNumber(level) < errorLevel) exportFailure(exchange, application, line);
}
