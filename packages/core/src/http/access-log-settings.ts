/** Access log settings: the options of the access line, checked and complete. */
import {
  invalidOption,
  requireFunctionOr,
  requireObject,
  requireOneOf,
  requireText,
  withDefaults,
} from '../internal/options.js';
import { levelNames } from '../log/levels.js';
import {
  accessLogDefaults,
  type AccessLogFormat,
  type AccessLogOptions,
  type CustomAttributeKeys,
  customAttributeKeysDefaults,
} from './access-log-options.js';

/** The options, with defaults in the place of those that were left out. */
export interface AccessLogSettings extends Omit<AccessLogOptions, keyof typeof accessLogDefaults> {
  readonly format: AccessLogFormat;
  readonly autoLogging: NonNullable<AccessLogOptions['autoLogging']>;
  readonly useLevel: string;
  readonly wrapSerializers: boolean;
  readonly quietReqLogger: boolean;
  readonly quietResLogger: boolean;
  readonly customAttributeKeys: Readonly<Required<CustomAttributeKeys>>;
}

type Check = (option: string, value: unknown) => void;

const aFunction: Check = (option, value) => requireFunctionOr(option, value, []);

const checks: Readonly<Record<keyof AccessLogOptions, Check>> = {
  format: (option, value) => requireOneOf(option, value, ['throughline', 'pino-http', 'ecs', 'otel']),
  autoLogging: requireAutoLogging,
  useLevel: (option, value) => requireOneOf(option, value, levelNames),
  customLogLevel: aFunction,
  customProps: requireProps,
  customReceivedMessage: aFunction,
  customReceivedObject: aFunction,
  customSuccessMessage: aFunction,
  customSuccessObject: aFunction,
  customErrorMessage: aFunction,
  customErrorObject: aFunction,
  customAttributeKeys: requireKeys,
  serializers: requireSerializers,
  wrapSerializers: requireBoolean,
  quietReqLogger: requireBoolean,
  quietResLogger: requireBoolean,
};

/** Where something else is to be said that pino-http takes among its own options. */
const elsewhere: Readonly<Record<string, string>> = {
  genReqId: 'requestId.generate makes the id',
  logger: 'hand in pinoHttp({ logger }) itself to have another logger write the line',
  stream: 'log.destination of createObservability() says where lines go',
  level: 'log.levels of createObservability() has the levels of loggers, that of `http` among them',
  redact: 'redact of createObservability() says what is secret',
  transport: 'log.destination of createObservability() says where lines go',
};

/** @throws {ConfigError} When an option is unknown, of the wrong kind, or of no use in the format. */
export function accessLogSettings(given: AccessLogOptions): AccessLogSettings {
  requireObject('accessLog', given, 'a pino-http instance, options or false');
  const options = Object.entries(given).filter(([, value]) => value !== undefined);
  for (const [name, value] of options) {
    const check = Object.hasOwn(checks, name) ? checks[name as keyof AccessLogOptions] : undefined;
    if (!check) throw invalidOption(`accessLog.${name}`, `left out; ${elsewhere[name] ?? knownOptions}`, value);
    check(`accessLog.${name}`, value);
  }
  refuseUnsuitable(given);
  const { format, ...settings } = { ...accessLogDefaults, ...(Object.fromEntries(options) as AccessLogOptions) };
  const responseTime = format === 'pino-http' ? 'responseTime' : 'duration_ms';
  const keys = { ...customAttributeKeysDefaults, responseTime };
  return {
    ...settings,
    format,
    customAttributeKeys: withDefaults<Required<CustomAttributeKeys>>(keys, given.customAttributeKeys ?? {}),
  };
}

const knownOptions = `there are ${Object.keys(checks).join(', ')}`;

function refuseUnsuitable(options: AccessLogOptions): void {
  const { format = 'throughline', useLevel, customLogLevel, customAttributeKeys: keys } = options;
  if (useLevel !== undefined && customLogLevel) {
    throw invalidOption('accessLog.useLevel', 'left out when customLogLevel is given', useLevel);
  }
  if (keys && (format === 'ecs' || format === 'otel')) {
    throw invalidOption('accessLog.customAttributeKeys', `left out in the format '${format}'`, keys);
  }
  if (format === 'pino-http') return;
  if (keys?.reqId !== undefined) {
    throw invalidOption(
      'accessLog.customAttributeKeys.reqId',
      "left out; the id is request_id on every line, and `reqId` in the format 'pino-http' alone",
      keys.reqId,
    );
  }
  if (options.quietReqLogger === false) {
    throw invalidOption('accessLog.quietReqLogger', 'true or left out; req.log never carries the request', false);
  }
}

function requireAutoLogging(option: string, value: unknown): void {
  if (typeof value === 'boolean') return;
  requireObject(option, value, 'true, false or { ignore }');
  const { ignore } = value as { ignore?: unknown };
  if (ignore !== undefined) aFunction(`${option}.ignore`, ignore);
}

function requireProps(option: string, value: unknown): void {
  if (typeof value !== 'function') requireObject(option, value, 'fields or a function');
}

function requireKeys(option: string, value: unknown): void {
  requireObject(option, value);
  for (const [name, key] of Object.entries(value as object)) {
    requireOneOf(`a name in ${option}`, name, ['req', 'res', 'err', 'reqId', 'responseTime']);
    if (key !== undefined) requireText(`${option}.${name}`, key);
  }
}

function requireSerializers(option: string, value: unknown): void {
  requireObject(option, value, 'an object of functions');
  for (const [name, serializer] of Object.entries(value as object)) aFunction(`${option}.${name}`, serializer);
}

function requireBoolean(option: string, value: unknown): void {
  if (typeof value !== 'boolean') throw invalidOption(option, 'true or false', value);
}
