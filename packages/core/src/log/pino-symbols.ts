/** Pino's symbols: where a logger keeps its state, found by name because the user's pino may be another copy than ours. */
import type { Logger } from 'pino';

export interface PinoSymbols {
  /** Child bindings as JSON text: `,"a":1,"b":2`. */
  readonly chindings: symbol;
  readonly errorKey: symbol;
  readonly formatters: symbol;
  readonly messageKey: symbol;
  readonly mixin: symbol;
  readonly mixinMergeStrategy: symbol;
  readonly nestedKey: symbol;
  readonly serializers: symbol;
  readonly stream: symbol;
  /** What `redact` makes of fields of some names. */
  readonly stringifiers: symbol;
  /** Writes a line of fields, finished message and level. */
  readonly write: symbol;
}

/** By this a stream asks pino to leave on it what is known of each line: https://getpino.io/#/docs/api?id=pino-metadata */
export const wantsMetadata: unique symbol = Symbol.for('pino.metadata');

const names = [
  'chindings',
  'errorKey',
  'formatters',
  'messageKey',
  'mixin',
  'mixinMergeStrategy',
  'nestedKey',
  'serializers',
  'stream',
  'stringifiers',
  'write',
] as const satisfies (keyof PinoSymbols)[];

const known = new WeakMap<object, PinoSymbols>();

/** The symbols of the pino that made this logger. */
export function pinoSymbols(logger: Logger): PinoSymbols {
  const copy = logger.constructor;
  const found = known.get(copy) ?? findSymbols(logger);
  known.set(copy, found);
  return found;
}

function findSymbols(logger: object): PinoSymbols {
  const byName = new Map<string, symbol>();
  for (let object: object | null = logger; object; object = Object.getPrototypeOf(object) as object | null) {
    for (const symbol of Object.getOwnPropertySymbols(object)) byName.set(symbol.description ?? '', symbol);
  }
  // A symbol that this logger does not carry (no mixin given) is replaced by one that nothing is stored under.
  const entries = names.map((name) => [name, byName.get(`pino.${name}`) ?? Symbol(`absent pino.${name}`)]);
  return Object.fromEntries(entries) as PinoSymbols;
}
