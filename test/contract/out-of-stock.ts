/** Out of stock: the error that handlers of the contract fail with. */

export class OutOfStock extends Error {
  override readonly name = 'OutOfStock';
}

/** Fails where it can be found in a stack. */
export function takeFromShelf(): never {
  throw new OutOfStock('no more of 7');
}
