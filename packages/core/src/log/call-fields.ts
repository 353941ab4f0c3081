/** Call fields: the merging object of one call, with what pino would have made of it. */
import type { Logger } from 'pino';
import type { PinoSymbols } from './pino-symbols.js';

type Fields = Readonly<Record<string, unknown>>;

/** The state that pino keeps on a logger under its symbols. */
export type PinoState = Record<symbol, unknown>;

/** The call's fields with those of the logger's `mixin`, merged as pino would. */
export function mixIn(
  logger: Logger,
  symbols: PinoSymbols,
  fields: Fields | undefined,
  level: number,
): Fields | undefined {
  const state = logger as unknown as PinoState;
  const mixin = state[symbols.mixin] as ((fields: object, level: number, logger: Logger) => Fields) | undefined;
  if (!mixin) return fields;
  const own = fields ?? {};
  const mixed = mixin(own, level, logger);
  const merge = state[symbols.mixinMergeStrategy] as ((own: object, mixed: object) => Fields) | undefined;
  return merge ? merge(own, mixed) : { ...mixed, ...own };
}

/** The fields as the logger's `formatters.log` gives them; pino calls it for a message alone too. */
export function formatFields(logger: Logger, symbols: PinoSymbols, fields: Fields | undefined): Fields | undefined {
  const { log } = (logger as unknown as PinoState)[symbols.formatters] as { log?: (fields: Fields) => Fields };
  return log ? log(fields ?? {}) : fields;
}

/** A field's name, and what a logger makes of its value. */
export type Serializer = readonly [name: string, serialize: (value: unknown) => unknown];

/** The serializers of a logger that do anything. */
export function serializersOf(logger: Logger, symbols: PinoSymbols): readonly Serializer[] {
  const serializers = (logger as unknown as PinoState)[symbols.serializers] as Record<string, unknown>;
  return Object.entries(serializers).filter(
    (entry): entry is [string, Serializer[1]] => typeof entry[1] === 'function' && entry[1] !== asItIs,
  );
}

/** Stands in the place of pino's serializer of errors: the redactor makes their fields, so it has to see them as they are. */
export function asItIs(error: unknown): unknown {
  return error;
}

/** The fields as the serializers give them; the object itself when none has anything to do. */
export function serialize(serializers: readonly Serializer[], fields: Fields): Fields {
  let serialized: Record<string, unknown> | undefined;
  for (const [name, serializer] of serializers) {
    if (!Object.hasOwn(fields, name)) continue;
    serialized ??= { ...fields };
    serialized[name] = serializer(fields[name]);
  }
  return serialized ?? fields;
}
