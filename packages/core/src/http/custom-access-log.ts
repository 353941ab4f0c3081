/** Custom access log: our own line, changed by what the application says of it in pino-http's words. */
import { errorFields, isError } from '../internal/error-fields.js';
import type { RewriteLine } from '../log/rewritten-lines.js';
import { type AccessLine, userAgentOf } from './access-line.js';
import type { AccessLog } from './access-log.js';
import type { AccessLogFormat } from './access-log-options.js';
import type { AccessLogSettings } from './access-log-settings.js';
import { accessSerializers, createAccessLogger, type Serializers } from './access-logger.js';
import { ask, askFields, askLevel, askProps, exportBelowError, type Fields, isIgnored } from './asked.js';
import type { Exchange } from './exchange.js';
import type { ObservedApplication } from './observed.js';
import { toEcs, toOtel } from './standard-names.js';

const rewrites: Readonly<Partial<Record<AccessLogFormat, RewriteLine>>> = { ecs: toEcs, otel: toOtel };

/** A request that has ended. */
interface Ended {
  readonly exchange: Exchange;
  readonly application: ObservedApplication;
  readonly line: AccessLine;
  readonly durationMs: number;
  /** What made the request fail. */
  readonly error: Error | undefined;
}

export function createCustomAccessLog(settings: AccessLogSettings): AccessLog {
  const { format, useLevel, customAttributeKeys } = settings;
  const serializers = accessSerializers(settings, []);
  const loggerOf = createAccessLogger({ serializers, errorKey: customAttributeKeys.err, rewrite: rewrites[format] });
  const ignored = new WeakSet<Exchange>();
  return {
    isElsewhere: false,
    begin(exchange, application) {
      if (isIgnored(settings, exchange, application)) ignored.add(exchange);
      else {
        const received = askReceived(settings, exchange, application);
        const level = askLevel(settings, useLevel, exchange, application);
        if (received) loggerOf(application)[level as AccessLine['level']](received.fields, received.message);
      }
    },
    end(exchange, application, line, durationMs) {
      if (ignored.has(exchange) && !hasFailed(exchange, line)) return;
      const error = line.message === 'request errored' ? toError(exchange, line) : undefined;
      const ended = { exchange, application, line, durationMs, error };
      const level = levelOf(ended, settings);
      exportBelowError(exchange, application, line, level);
      if (level === 'silent') return;
      const fields = fieldsOf(ended, settings, serializers);
      loggerOf(application)[level as AccessLine['level']](fields, messageOf(ended, settings));
    },
  };
}

/** What is said of a request that arrives; nothing, unless the application has something to say. */
function askReceived(
  { customReceivedMessage, customReceivedObject }: AccessLogSettings,
  { req, res, clientIp }: Exchange,
  application: ObservedApplication,
): { fields: Fields; message: string } | undefined {
  const own = askFields(application, 'customReceivedObject', () => customReceivedObject?.(req, res));
  const message = ask(application, 'customReceivedMessage', () => customReceivedMessage?.(req, res));
  if (own === undefined && message === undefined) return undefined;
  const fields = { client_ip: clientIp, user_agent: userAgentOf(req), ...own };
  return { fields, message: message ?? 'request started' };
}

function hasFailed({ isProbe }: Exchange, { level, message }: AccessLine): boolean {
  return message === 'request errored' || (isProbe && level !== 'debug');
}

/** Probes that went well stay at `debug`: no function of pino-http's can tell them from other requests. */
function levelOf({ exchange, application, line, error }: Ended, settings: AccessLogSettings): string {
  if (exchange.isProbe && line.level === 'debug') return line.level;
  const byOutcome = line.level === 'info' ? settings.useLevel : line.level;
  return askLevel(settings, byOutcome, exchange, application, error);
}

function fieldsOf(ended: Ended, settings: AccessLogSettings, serializers: Serializers): Fields {
  const { exchange, application, line, error } = ended;
  const { req, res } = exchange;
  const { customAttributeKeys: keys, customErrorObject, customSuccessObject } = settings;
  const fields = { ...named(line.fields, settings), ...askProps(settings, exchange, application) };
  if (keys.req in serializers) {
    // Where pino's serializer looks for it; Fastify has left one of its own there.
    (req as { id?: unknown }).id = exchange.scope.requestId;
    fields[keys.req] = req;
  }
  if (keys.res in serializers) fields[keys.res] = res;
  const own = error
    ? askFields(application, 'customErrorObject', () => customErrorObject?.(req, res, error, fields))
    : askFields(application, 'customSuccessObject', () => customSuccessObject?.(req, res, fields));
  return own ?? fields;
}

/** The fields under the names that the application has for some of them. */
function named(fields: Readonly<Fields>, { customAttributeKeys: keys }: AccessLogSettings): Fields {
  const names: Readonly<Record<string, string>> = { err: keys.err, duration_ms: keys.responseTime };
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [names[name] ?? name, value]));
}

function messageOf(
  { exchange: { req, res }, application, line, durationMs, error }: Ended,
  settings: AccessLogSettings,
): string {
  const { customErrorMessage, customSuccessMessage } = settings;
  const own = error
    ? ask(application, 'customErrorMessage', () => customErrorMessage?.(req, res, error, durationMs))
    : ask(application, 'customSuccessMessage', () => customSuccessMessage?.(req, res, durationMs));
  return own ?? line.message;
}

/** What made the request fail, as an error: anything can be thrown, and a handler may answer 500 without a reason. */
function toError({ reason }: Exchange, { fields }: AccessLine): Error {
  if (isError(reason)) return reason;
  const status = String(fields['status']);
  return new Error(reason === undefined ? `failed with status code ${status}` : errorFields(reason).message);
}
