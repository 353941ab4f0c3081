/** Bridge to pino-http: an instance of the application's own whose lines carry our context, whatever pino it stands on. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from 'pino';
import { currentScope } from '../context/current.js';
import { type ObservedApplication, requireObserved } from '../http/observed.js';
import { invalidOption } from '../internal/options.js';
import type { Redactor } from '../internal/redact.js';
import { displacedName } from '../log/field-texts.js';
import { redactFields } from '../log/logger-bindings.js';
import { pinoSymbols } from '../log/pino-symbols.js';
import { getObservability } from '../process-observability.js';

/** The part of a pino-http instance that is used. */
export interface PinoHttpInstance {
  (req: IncomingMessage, res: ServerResponse): unknown;
  /** The logger that it writes its lines with. */
  readonly logger: object;
}

/** Options of {@link bridgePinoHttp}. */
export interface PinoHttpBridgeOptions {
  /** Whose option `redact` says what is secret. @default the process's own */
  observability?: ObservedApplication | undefined;
}

type Fields = Readonly<Record<string, unknown>>;
type Mixin = (fields: object, level: number, logger: Logger) => object;

/**
 * Puts `request_id`, `user_id`, the trace ids and what `setContext` gave on the lines of a pino-http, and gives it back
 * for the option `accessLog`. One that logs with `pinoOptions()` has all of it already.
 *
 * @example
 * ```ts
 * requestContext({ accessLog: bridgePinoHttp(pinoHttp({ logger: companyLogger })) });
 * ```
 * @throws {ConfigError} When it is given no pino-http instance, or an observability that is none.
 */
export function bridgePinoHttp<Instance extends PinoHttpInstance>(
  instance: Instance,
  options: PinoHttpBridgeOptions = {},
): Instance {
  const { logger } = (typeof instance === 'function' ? instance : {}) as { readonly logger?: Logger };
  if (typeof logger?.child !== 'function')
    throw invalidOption('bridgePinoHttp', 'given a pino-http instance', instance);
  requireObserved('bridgePinoHttp', options);
  const { mixin, chindings, messageKey } = pinoSymbols(logger);
  const state = logger as unknown as Record<symbol, Mixin | undefined>;
  const own = state[mixin];
  state[mixin] = (fields, level, child) => {
    const { [chindings]: bindings = '', [messageKey]: message = '' } = child as unknown as Record<symbol, string>;
    const { redactor } = options.observability ?? getObservability();
    return { ...without(contextFields(redactor, message), bindings), ...own?.(fields, level, child) };
  };
  return instance;
}

/** The context's fields; one of the user's gives way to ours, and to what pino itself writes on each line. */
function contextFields(redactor: Redactor, messageKey: string): Fields {
  const scope = currentScope();
  if (!scope) return {};
  const { requestId, user, trace, fields } = scope;
  const ours: Fields = {
    request_id: requestId,
    ...(user && { user_id: user.id }),
    ...(trace && { trace_id: trace.traceId, span_id: trace.spanId, trace_flags: trace.traceFlags }),
  };
  const taken = new Set(['level', 'time', messageKey, ...Object.keys(ours)]);
  const named = Object.entries(redactFields(fields, redactor)).map(([name, value]): [string, unknown] => [
    taken.has(name) ? displacedName(name) : name,
    value,
  ]);
  return { ...Object.fromEntries(named), ...ours };
}

/** The fields without what the logger is bound to: pino would write both, and a key twice. */
function without(fields: Fields, bindings: string): Fields {
  const names = Object.keys(fields).filter((name) => bindings.includes(`${JSON.stringify(name)}:`));
  if (names.length === 0) return fields;
  const bound = JSON.parse(`{${bindings.slice(1)}}`) as Fields;
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !(names.includes(name) && name in bound)));
}
