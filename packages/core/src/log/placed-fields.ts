/** Placed fields: the fields of a call beside ours, each name once. */
import { displacedName, toText } from './field-texts.js';
import type { LineParts } from './line-parts.js';

export interface PlacedFields {
  readonly fields: Record<string, unknown>;
  /** Names of bindings and context fields that the call gives anew. */
  readonly hidden: ReadonlySet<string>;
}

const none: ReadonlySet<string> = new Set();

/**
 * Puts the call's fields beside ours: one of our names is displaced, and a field known already is hidden by the call's.
 *
 * @param fields A copy of the call's own, in which nothing is `undefined`.
 * @param always Names that are ours on every line.
 * @param messageKey The name of the message, when there is one.
 */
export function placeFields(
  fields: Record<string, unknown>,
  parts: LineParts,
  always: ReadonlySet<string>,
  messageKey: string | undefined,
): PlacedFields {
  // Pino looks each key up in plain objects, and takes what it finds under `__proto__` for a function.
  const isTaken = (key: string): boolean => key === messageKey || key === '__proto__' || always.has(key);
  const keys = Object.keys(fields);
  const isFree = (key: string): boolean => !isTaken(key) && parts.ours(key) === undefined && !parts.hasField(key);
  if (keys.every(isFree)) return { fields, hidden: none };
  const placed: Record<string, unknown> = {};
  const hidden = new Set<string>();
  for (const key of keys) {
    const value = fields[key];
    const ours = parts.ours(key);
    // What OpenTelemetry's instrumentation mixes in says the same as the context: once is enough.
    if (ours !== undefined && ours === toText(value)) continue;
    const isDisplaced = ours !== undefined || isTaken(key);
    const name = isDisplaced ? displacedName(key) : key;
    if (isDisplaced || parts.hasField(name)) hidden.add(name);
    placed[name] = value;
  }
  return { fields: placed, hidden };
}

/** The fields with the rate at which such lines are written; a field of the user's of that name gives way. */
export function withRate(fields: Record<string, unknown> | undefined, rate: number): Record<string, unknown> {
  const { sample_rate: theirs, ...others } = fields ?? {};
  return { ...others, ...(theirs !== undefined && { [displacedName('sample_rate')]: theirs }), sample_rate: rate };
}
