/** Copy visitor: what the copying of one kind of object may ask of the copy as a whole. */
import type { KeyKind } from './sensitive-key.js';

export interface CopyVisitor {
  /** Copies one value; the kind tells what its key says about it. */
  visit(value: unknown, kind?: KeyKind): unknown;
  /** Copies the members into the target, which it returns; those that are left out are not even read if their key says so. */
  members(source: object, target: Record<string, unknown>, leftOut?: LeftOut): Record<string, unknown>;
  /** Copies headers: those alone that may be seen. */
  headers(source: object): Record<string, unknown>;
  /** Copies the elements, as far as the limits allow. */
  items(source: Iterable<unknown>): unknown[];
  /** Copies the stack of an error. */
  stack(text: string): string;
}

/** Members that stay behind. */
export interface LeftOut {
  readonly keys: ReadonlySet<string>;
  /** Value's type that stays behind, as `typeof` names it. */
  readonly type: string;
}
