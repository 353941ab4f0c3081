/** Layer of Express 4: it keeps no template but an expression, which is read back into the text it was made of. */
import { templateOfExpression } from './expression.js';

/** What was taken from the beginning of a path, and what it is called. */
export type Taken = Readonly<{ template: string; length: number }>;

export interface LayerOfExpress4 {
  readonly route?: { readonly path: unknown };
  readonly regexp: RegExp & { fast_slash?: boolean; fast_star?: boolean };
  readonly keys?: readonly { readonly name: string | number }[];
}

/** One path of those that are put into one expression. */
interface Alternative {
  readonly regexp: RegExp;
  readonly template: string;
}

const known = new WeakMap<LayerOfExpress4, readonly Alternative[]>();

export function takeByRegExp(layer: LayerOfExpress4, path: string): Taken | undefined {
  if (layer.regexp.fast_slash) return { template: '/', length: 0 };
  for (const { regexp, template } of alternativesOf(layer)) {
    const match = regexp.exec(path);
    if (match) return { template, length: match[0].length };
  }
  return undefined;
}

export function alternativesOf(layer: LayerOfExpress4): readonly Alternative[] {
  const alternatives = known.get(layer) ?? split(layer);
  known.set(layer, alternatives);
  return alternatives;
}

function split({ route, regexp: { source, flags }, keys = [] }: LayerOfExpress4): Alternative[] {
  const paths = [route?.path].flat(Infinity);
  const names = keys.map(({ name }) => name);
  return source.split(/\|(?=\^)/).map((piece, index) => {
    const groups = (new RegExp(`${piece}|`).exec('') ?? []).length - 1;
    const own = names.splice(0, groups);
    const template = route ? String(paths[index]) : fromText.test(piece) ? textOf(piece, own) : `/${piece}/`;
    return { regexp: new RegExp(piece, flags), template };
  });
}

/** How path-to-regexp 0.1 ends what it makes of a text; an expression of the application's own is its own template. */
const fromText = /(?:\\\/\?|\/\?)?\(\?=\\?\/\|\$\)$/;

function textOf(piece: string, names: readonly (string | number)[]): string {
  return templateOfExpression(piece.replace(fromText, ''), names);
}
