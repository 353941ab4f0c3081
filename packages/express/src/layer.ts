/** Layer: the part of a URL that one entry of a router takes, and the template it was declared with. */
import { alternativesOf, type LayerOfExpress4, takeByRegExp, type Taken } from './layer-of-express4.js';

/** The part of an entry of a router that is read; of Express 5 it is there from router 2.3 on. */
export interface Layer extends Partial<LayerOfExpress4> {
  readonly name?: string;
  readonly handle?: unknown;
  readonly rawPath?: unknown;
  match?(path: string): unknown;
}

/** `undefined` when the layer does not match, or does not tell what it was declared with. */
export function takeBy(layer: Layer, path: string): Taken | undefined {
  if (isOfExpress4(layer)) return takeByRegExp(layer, path);
  if (layer.rawPath === undefined) return undefined;
  // Nothing of a match is kept on the layer.
  const match = layer.match?.(path) as { readonly path: string; readonly pattern: unknown } | false;
  return match ? { template: String(match.pattern), length: match.path.length } : undefined;
}

/** Whether all that the layer takes has one name. */
export function hasOneName(layer: Layer): boolean {
  return isOfExpress4(layer) ? alternativesOf(layer).length === 1 : !Array.isArray(layer.rawPath);
}

function isOfExpress4(layer: Layer): layer is LayerOfExpress4 {
  return layer.regexp !== undefined;
}
