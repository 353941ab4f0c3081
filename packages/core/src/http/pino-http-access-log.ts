/** pino-http access log: the line that pino-http itself writes of a request, by a clock that never jumps. */
import type { Logger } from 'pino';
import type { AccessLine } from './access-line.js';
import type { AccessLog } from './access-log.js';
import type { AccessLogSettings } from './access-log-settings.js';
import { accessSerializers, createAccessLogger, type Serializers } from './access-logger.js';
import { ask, askFields, askLevel, askProps, exportBelowError, type Fields, isIgnored } from './asked.js';
import type { Exchange } from './exchange.js';
import type { ObservedApplication } from './observed.js';

/** What pino-http keeps as bindings of its loggers, from the moment when the request arrives. */
interface Bindings {
  /** Those of the line that is written when the request arrives. */
  readonly request: Fields;
  readonly response: Fields;
}

/** As in https://github.com/pinojs/pino-http/blob/v11.0.0/logger.js, from which the order of everything here is. */
export function createPinoHttpAccessLog(settings: AccessLogSettings): AccessLog {
  const { customAttributeKeys: keys } = settings;
  const { [keys.req]: ofRequest, ...serializers } = accessSerializers(settings, ['req', 'res', 'err']);
  const loggerOf = createAccessLogger({ serializers, errorKey: keys.err });
  const begun = new WeakMap<Exchange, Bindings>();
  return {
    isElsewhere: false,
    begin(exchange, application) {
      // Even of a failure: whoever logs exceptions where no access line does is to know it.
      exchange.isLoggedElsewhere = isIgnored(settings, exchange, application);
      if (exchange.isLoggedElsewhere) return;
      const bindings = bindingsOf(exchange, application, settings, ofRequest);
      begun.set(exchange, bindings);
      writeReceived(loggerOf(application), exchange, application, settings, bindings);
    },
    end(exchange, application, line, durationMs) {
      const bindings = begun.get(exchange);
      const level = bindings ? levelOf(exchange, application, line, settings) : 'silent';
      exportBelowError(exchange, application, line, level);
      if (!bindings || level === 'silent') return;
      const props = askProps(settings, exchange, application);
      const { fields, message } = outcomeOf(exchange, application, settings, Math.round(durationMs));
      loggerOf(application)[level as AccessLine['level']]({ ...bindings.response, ...props, ...fields }, message);
    },
  };
}

function bindingsOf(
  exchange: Exchange,
  application: ObservedApplication,
  settings: AccessLogSettings,
  ofRequest: Serializers[string] | undefined,
): Bindings {
  const { req, scope } = exchange;
  const { customAttributeKeys: keys } = settings;
  // Where pino's serializer looks for the id, and pino-http leaves it.
  (req as { id?: unknown }).id = scope.requestId;
  const quiet = settings.quietReqLogger ? { [keys.reqId]: scope.requestId } : {};
  // Made now, as pino-http does: what it tells may have changed by the end. JSON, because it may hold what does.
  const told: unknown = ask(application, 'serializers.req', () =>
    JSON.parse(JSON.stringify(ofRequest ? ofRequest(req) : req)),
  );
  const full = { ...quiet, [keys.req]: told, ...askProps(settings, exchange, application) };
  return { request: settings.quietReqLogger ? quiet : full, response: settings.quietResLogger ? quiet : full };
}

function writeReceived(
  logger: Logger,
  exchange: Exchange,
  application: ObservedApplication,
  settings: AccessLogSettings,
  { request }: Bindings,
): void {
  const { req, res } = exchange;
  const { customReceivedMessage, customReceivedObject, useLevel } = settings;
  if (!customReceivedMessage && !customReceivedObject) return;
  const level = askLevel(settings, useLevel, exchange, application);
  const own = askFields(application, 'customReceivedObject', () => customReceivedObject?.(req, res));
  const message = ask(application, 'customReceivedMessage', () => customReceivedMessage?.(req, res));
  logger[level as AccessLine['level']]({ ...request, ...own }, message);
}

function levelOf(
  exchange: Exchange,
  application: ObservedApplication,
  line: AccessLine,
  settings: AccessLogSettings,
): string {
  if (exchange.isProbe && line.level === 'debug') return line.level;
  return askLevel(settings, settings.useLevel, exchange, application);
}

interface Outcome {
  readonly fields: Fields;
  readonly message: string;
}

function outcomeOf(
  exchange: Exchange,
  application: ObservedApplication,
  settings: AccessLogSettings,
  responseTime: number,
): Outcome {
  const { req, res, isSent, isUpgrade } = exchange;
  const { customAttributeKeys: keys, customSuccessObject, customSuccessMessage } = settings;
  const { err } = res as { err?: unknown };
  if (err || res.statusCode >= 500) return failureOf(err, exchange, application, settings, responseTime);
  const given = { [keys.res]: res, [keys.responseTime]: responseTime };
  const fields = askFields(application, 'customSuccessObject', () => customSuccessObject?.(req, res, given));
  const message = ask(application, 'customSuccessMessage', () => customSuccessMessage?.(req, res, responseTime));
  const usual = isSent || isUpgrade ? 'request completed' : 'request aborted';
  return { fields: fields ?? given, message: message ?? usual };
}

/** @param err The error that was left on the response. Without one pino-http makes one up, although there may be a reason. */
function failureOf(
  err: unknown,
  { req, res, reason }: Exchange,
  application: ObservedApplication,
  settings: AccessLogSettings,
  responseTime: number,
): Outcome {
  const { customAttributeKeys: keys, customErrorObject, customErrorMessage } = settings;
  const error = (err || reason || new Error(`failed with status code ${res.statusCode}`)) as Error;
  const given = { [keys.res]: res, [keys.err]: error, [keys.responseTime]: responseTime };
  const fields = askFields(application, 'customErrorObject', () => customErrorObject?.(req, res, error, given));
  const message = ask(application, 'customErrorMessage', () => customErrorMessage?.(req, res, error, responseTime));
  return { fields: fields ?? given, message: message ?? 'request errored' };
}
