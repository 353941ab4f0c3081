/** Choosing the access log: what the option `accessLog` means. */
import { type AccessLog, exportFailure, noAccessLog, plainAccessLog } from './access-log.js';
import { type AccessLogMiddleware, runAccessLog } from './access-log-middleware.js';
import type { AccessLogOptions } from './access-log-options.js';
import { accessLogSettings } from './access-log-settings.js';
import { createCustomAccessLog } from './custom-access-log.js';
import { createPinoHttpAccessLog } from './pino-http-access-log.js';

/** @throws {ConfigError} When the option, or one of its own, cannot be used. */
export function chooseAccessLog(given: AccessLogMiddleware | AccessLogOptions | false | undefined): AccessLog {
  if (given === undefined) return plainAccessLog;
  if (given === false) return noAccessLog;
  if (typeof given === 'function') {
    return { isElsewhere: true, begin: (exchange) => runAccessLog(given, exchange), end: exportFailure };
  }
  const settings = accessLogSettings(given);
  return settings.format === 'pino-http' ? createPinoHttpAccessLog(settings) : createCustomAccessLog(settings);
}
