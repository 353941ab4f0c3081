/** Bridge to pino-http: an instance of the application's own whose lines carry our context, whatever pino it stands on. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from 'pino';
import { currentScope } from '../context/current.js';
import { invalidOption } from '../internal/options.js';
import { createRedactor } from '../internal/redact.js';
import { pinoSymbols } from '../log/pino-symbols.js';

/** The part of a pino-http instance that is used. */
export interface PinoHttpInstance {
  (req: IncomingMessage, res: ServerResponse): unknown;
  /** The logger that it writes its lines with. */
  readonly logger: object;
}

type Fields = Record<string, unknown>;
type Mixin = (fields: object, level: number, logger: Logger) => object;

const redactor = createRedactor();

/**
 * Puts `request_id`, `user_id`, the trace ids and what `setContext` gave on the lines of a pino-http, and gives it back
 * for the option `accessLog`. One that logs with `pinoOptions()` has all of it already.
 *
 * @example
 * ```ts
 * requestContext({ accessLog: bridgePinoHttp(pinoHttp({ logger: companyLogger })) });
 * ```
 * @throws {ConfigError} When it is given no pino-http instance.
 */
export function bridgePinoHttp<Instance extends PinoHttpInstance>(instance: Instance): Instance {
  const { logger } = (typeof instance === 'function' ? instance : {}) as { readonly logger?: Logger };
  if (typeof logger?.child !== 'function')
    throw invalidOption('bridgePinoHttp', 'given a pino-http instance', instance);
  const { mixin, chindings } = pinoSymbols(logger);
  const state = logger as unknown as Record<symbol, Mixin | undefined>;
  const own = state[mixin];
  state[mixin] = (fields, level, child) => ({
    ...contextBeside((child as unknown as Record<symbol, string>)[chindings] ?? ''),
    ...own?.(fields, level, child),
  });
  return instance;
}

/** The context, without what the logger is bound to: pino would write both, and a key twice. */
function contextBeside(bindings: string): Fields {
  const scope = currentScope();
  if (!scope) return {};
  const { requestId, user, trace, fields } = scope;
  const context: Fields = {
    ...(redactor.copy(fields) as Fields),
    request_id: requestId,
    ...(user && { user_id: user.id }),
    ...(trace && { trace_id: trace.traceId, span_id: trace.spanId, trace_flags: trace.traceFlags }),
  };
  const names = Object.keys(context).filter((name) => bindings.includes(`${JSON.stringify(name)}:`));
  if (names.length === 0) return context;
  const bound = JSON.parse(`{${bindings.slice(1)}}`) as Fields;
  return Object.fromEntries(Object.entries(context).filter(([name]) => !(names.includes(name) && name in bound)));
}
