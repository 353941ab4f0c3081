/** Field texts: log fields as JSON, each key once, ready to be put on a line. */

import type { Plain } from '../internal/copy-flat.js';

/** Key to the JSON text of its value. */
export type FieldTexts = ReadonlyMap<string, string>;

export const noTexts: FieldTexts = new Map();

/** JSON of a value that a redactor copied; `undefined` for what JSON leaves out. */
export function toText(value: unknown): string | undefined {
  return JSON.stringify(value);
}

/** JSON of a text. Most need no escape, which is seen in a third of the time that `JSON.stringify` takes. */
export function quote(text: string): string {
  return needsNoEscape.test(text) ? `"${text}"` : JSON.stringify(text);
}

/** Printable ASCII but the quote and the backslash. */
const needsNoEscape = /^[ !#-[\]-~]*$/;

/** JSON of a value that is none of an object. */
export function plainText(value: Plain): string {
  return typeof value === 'string' ? quote(value) : String(value);
}

/** Sets a field unless JSON leaves its value out. */
export function setText(texts: Map<string, string>, key: string, value: unknown): void {
  const text = toText(value);
  if (text !== undefined) texts.set(key, text);
}

/** The fields as pino keeps bindings: `,"a":1,"b":2`. */
export function joinTexts(texts: FieldTexts): string {
  let joined = '';
  for (const [key, text] of texts) joined += `,${JSON.stringify(key)}:${text}`;
  return joined;
}

/** What a field of the user's is called on a line that has one of ours under its name. */
export function displacedName(key: string): string {
  return `fields_${key}`;
}

/**
 * Puts the user's fields beside ours: one of the same name and value says nothing new, one of another value is kept
 * under {@link displacedName}.
 */
export function displace(fields: FieldTexts, ours: FieldTexts | ReadonlySet<string>): Map<string, string> {
  const placed = new Map<string, string>();
  for (const [key, text] of fields) {
    if (!ours.has(key)) placed.set(key, text);
    else if (!(ours instanceof Map) || ours.get(key) !== text) placed.set(displacedName(key), text);
  }
  return placed;
}
