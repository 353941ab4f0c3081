/** Layer of Express 4: it keeps no template but an expression, in which the values of a URL are put back to their names. */

/** What was taken from the beginning of a path, and what it is called. */
export type Taken = Readonly<{ template: string; length: number }>;

export interface LayerOfExpress4 {
  readonly route?: { readonly path: unknown };
  readonly regexp: RegExp & { fast_slash?: boolean; fast_star?: boolean };
  readonly keys?: readonly { readonly name: string | number }[];
}

/** One path of those that are put into one expression, and its template once it is known. */
interface Alternative {
  readonly regexp: RegExp;
  readonly names: readonly (string | number)[];
  template: string | undefined;
}

const known = new WeakMap<LayerOfExpress4, readonly Alternative[]>();

export function takeByRegExp(layer: LayerOfExpress4, path: string): Taken | undefined {
  if (layer.regexp.fast_slash) return { template: '/', length: 0 };
  for (const alternative of alternativesOf(layer)) {
    const match = alternative.regexp.exec(path);
    if (!match) continue;
    // That of the first request stays: whatever others look like, one path has one name.
    alternative.template ??= nameGroups(match, alternative.names);
    return { template: alternative.template, length: match[0].length };
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
    const template = route ? String(paths[index]) : fromText.test(piece) ? undefined : `/${piece}/`;
    return { regexp: new RegExp(piece, `${flags}d`), names: names.splice(0, groups), template };
  });
}

/** How path-to-regexp 0.1 ends what it makes of a text; an expression of the application's own is its own template. */
const fromText = /\(\?=\\?\/\|\$\)$/;

function nameGroups(match: RegExpExecArray, names: Alternative['names']): string {
  return names.reduceRight<string>((text, name, at) => {
    const [start, end] = match.indices?.[at + 1] ?? [];
    if (start === undefined) return text;
    return text.slice(0, start) + (typeof name === 'number' ? '*' : `:${name}`) + text.slice(end);
  }, match[0]);
}
