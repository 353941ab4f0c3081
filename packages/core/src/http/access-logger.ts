/** Access logger: the logger `http` as a format wants it, with serializers, a name for the error, names of a standard. */
import { type Logger, stdSerializers } from 'pino';
import { pinoSymbols } from '../log/pino-symbols.js';
import { type RewriteLine, withRewrittenLines } from '../log/rewritten-lines.js';
import type { AccessLogSettings } from './access-log-settings.js';
import type { ObservedApplication } from './observed.js';

export type Serializers = Record<string, (value: unknown) => unknown>;

export interface AccessLoggerOptions {
  readonly serializers: Serializers;
  readonly errorKey: string;
  readonly rewrite?: RewriteLine | undefined;
}

/** Makes the function that gives an application's access logger, made once for each. */
export function createAccessLogger({
  serializers,
  errorKey,
  rewrite,
}: AccessLoggerOptions): (application: ObservedApplication) => Logger {
  const made = new WeakMap<Logger, Logger>();
  return (application) => {
    const base = application.getLogger('http');
    const known = made.get(base);
    if (known) return known;
    const logger = base.child({}, { serializers });
    (logger as unknown as Record<symbol, unknown>)[pinoSymbols(base).errorKey] = errorKey;
    const written = rewrite ? withRewrittenLines(logger, rewrite) : logger;
    made.set(base, written);
    return written;
  };
}

/** The user's serializers as pino-http calls them: behind pino's own, and under the names that the fields have. */
export function accessSerializers(
  { serializers = {}, wrapSerializers, customAttributeKeys }: AccessLogSettings,
  standard: readonly Wrapped[],
): Serializers {
  const named: Serializers = {};
  for (const [name, serializer] of Object.entries(serializers)) named[name] = harmless(serializer as Serializer);
  // Pino itself has one for errors.
  if (standard.includes('err')) named['err'] ??= stdSerializers.err as Serializer;
  if (!wrapSerializers) return named;
  for (const name of ['req', 'res', 'err'] as const) {
    const key = customAttributeKeys[name];
    const own = named[key] ?? named[name];
    if (own) named[key] = wrap[name](own);
    else if (standard.includes(name)) named[key] = stdSerializers[name] as Serializer;
  }
  return named;
}

type Serializer = (value: unknown) => unknown;
type Wrapped = 'req' | 'res' | 'err';

const wrap = {
  req: stdSerializers.wrapRequestSerializer,
  res: stdSerializers.wrapResponseSerializer,
  err: stdSerializers.wrapErrorSerializer,
} as unknown as Record<Wrapped, (serializer: Serializer) => Serializer>;

/** A line must not be lost because a part of it cannot be had. */
function harmless(serializer: Serializer): Serializer {
  return (value) => {
    try {
      return serializer(value);
    } catch {
      return '[Unreadable]';
    }
  };
}
