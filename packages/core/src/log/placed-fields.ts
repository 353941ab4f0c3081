/** Placed fields: the fields of a call beside ours, each name once. */
import { takeFlat } from '../internal/copy-flat.js';
import type { Redactor } from '../internal/redact.js';
import { displacedName, plainText, quote, toText } from './field-texts.js';
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
  const keys = Object.keys(fields);
  if (keys.every((key) => isFree(key, parts, always, messageKey))) return { fields, hidden: none };
  const placed: Record<string, unknown> = {};
  const hidden = new Set<string>();
  for (const key of keys) {
    const value = fields[key];
    const ours = parts.ours(key);
    // What OpenTelemetry's instrumentation mixes in says the same as the context: once is enough.
    if (ours !== undefined && ours === toText(value)) continue;
    const isDisplaced = ours !== undefined || isTaken(key, always, messageKey);
    const name = isDisplaced ? displacedName(key) : key;
    if (isDisplaced || parts.hasField(name)) hidden.add(name);
    placed[name] = value;
  }
  return { fields: placed, hidden };
}

/**
 * The fields as JSON, ready to be put on a line: `,"status":200,"bytes":7`. For those of most calls, plain values under
 * names of their own, that is all that {@link placeFields} and pino make of them, at three quarters of the time; `undefined` for
 * others.
 */
export function plainFields(
  fields: Readonly<Record<string, unknown>>,
  parts: LineParts,
  always: ReadonlySet<string>,
  messageKey: string,
  { keys }: Redactor,
): string | undefined {
  let joined = '';
  const isPlain = takeFlat(fields, keys, (name, value) => {
    joined += `,${quote(name)}:${plainText(value)}`;
    return isFree(name, parts, always, messageKey);
  });
  return isPlain ? joined : undefined;
}

/** Whether nothing of the kind is on the line yet. */
function isFree(key: string, parts: LineParts, always: ReadonlySet<string>, messageKey: string | undefined): boolean {
  return !isTaken(key, always, messageKey) && parts.ours(key) === undefined && !parts.hasField(key);
}

/** Whether no field of a call can have the name. Pino looks each up in plain objects, and takes what it finds under `__proto__` for a function. */
function isTaken(key: string, always: ReadonlySet<string>, messageKey: string | undefined): boolean {
  return key === messageKey || key === '__proto__' || always.has(key);
}

/** The fields with the rate at which such lines are written; a field of the user's of that name gives way. */
export function withRate(fields: Record<string, unknown> | undefined, rate: number): Record<string, unknown> {
  const { sample_rate: theirs, ...others } = fields ?? {};
  return { ...others, ...(theirs !== undefined && { [displacedName('sample_rate')]: theirs }), sample_rate: rate };
}
