/** Weight: what a record takes on the wire or in memory, whichever is more. */

/** What every record costs beside its texts, and what every attribute costs beside its own. */
export const recordOverheadBytes = 400;
export const attributeOverheadBytes = 64;

/** What a number or a truth value takes. */
export const scalarBytes = 8;

/** V8 holds a text at two bytes a character if one of them needs it. */
export function sizeOf(text: string): number {
  const bytes = Buffer.byteLength(text);
  return bytes === text.length ? bytes : Math.max(bytes, text.length * 2);
}
