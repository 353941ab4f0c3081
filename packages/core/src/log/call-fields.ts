/** Call fields: the merging object of one call, with what pino would have made of it. */
import type { Logger } from 'pino';
import type { PinoSymbols } from './pino-symbols.js';

type Fields = Readonly<Record<string, unknown>>;
type Serializers = Record<string, ((value: unknown) => unknown) | undefined>;

/** The state that pino keeps on a logger under its symbols. */
export type PinoState = Record<symbol, unknown>;

/** A serializer in the place of pino's own, for what is serialized later. */
export const asItIs = (value: unknown): unknown => value;

/** Whether the user gave the logger a serializer for the key. */
export function hasSerializer(logger: Logger, symbols: PinoSymbols, key: string): boolean {
  const serializer = ((logger as unknown as PinoState)[symbols.serializers] as Serializers)[key];
  return serializer !== undefined && serializer !== asItIs;
}

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

/** The fields as the logger's serializers give them; the object itself when none has anything to do. */
export function serialize(logger: Logger, symbols: PinoSymbols, fields: Fields): Fields {
  const serializers = (logger as unknown as PinoState)[symbols.serializers] as Serializers;
  let serialized: Record<string, unknown> | undefined;
  for (const key in serializers) {
    const serializer = serializers[key];
    if (!serializer || !Object.hasOwn(fields, key)) continue;
    serialized ??= { ...fields };
    serialized[key] = serializer(fields[key]);
  }
  return serialized ?? fields;
}
