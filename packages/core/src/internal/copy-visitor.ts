/** Copy visitor: what the copying of one kind of object may ask of the copy as a whole. */
import type { KeyKind } from './sensitive-key.js';

export interface CopyVisitor {
  /** Copies one value; the kind tells what its key says about it. */
  visit(value: unknown, kind: KeyKind): unknown;
  /** Copies the members under these keys into the target, which it returns. */
  members(source: object, keys: readonly string[], target: Record<string, unknown>): Record<string, unknown>;
  /** Copies the elements, as far as the limits allow. */
  items(source: Iterable<unknown>): unknown[];
}
