/** Expression: what path-to-regexp 0.1 makes of a path, read back without ever looking at a request. */

/** What stands for a part of a path that has no name. */
const unnamed = '*';

/**
 * @param source As `RegExp.source` has it, such as `^\/tenants(?:\/([^\/]+?))`.
 * @param names Of its groups in their order; a number for one without a name.
 * @returns Such as `/tenants/:tenant`.
 */
export function templateOfExpression(source: string, names: readonly (string | number)[]): string {
  const left = [...names];
  return read(source, left);
}

function read(source: string, names: (string | number)[]): string {
  let text = '';
  for (let at = 0; at < source.length;) {
    const piece = pieceAt(source, at);
    text += meaningOf(piece, names);
    at += piece.length;
    // Of the quantifiers only the one of an optional part was in the path.
    const quantifier = /^(?:[*+?]|\{\d+,?\d*\})\??/.exec(source.slice(at))?.[0] ?? '';
    if (quantifier === '?' && piece.startsWith('(')) text += '?';
    at += quantifier.length;
  }
  return text;
}

/** A character with its backslash, a class, or a group with all that is in it. */
function pieceAt(source: string, at: number): string {
  if (source[at] === '\\') return source.slice(at, at + 2);
  if (source[at] === '[') return /^\[(?:\\.|[^\]\\])*\]/.exec(source.slice(at))?.[0] ?? '[';
  if (source[at] !== '(') return source.slice(at, at + 1);
  let end = at + 1;
  while (end < source.length && source[end] !== ')') end += pieceAt(source, end).length;
  return source.slice(at, end + 1);
}

function meaningOf(piece: string, names: (string | number)[]): string {
  if (piece.startsWith('\\')) return /\w/.test(piece.slice(1)) ? unnamed : piece.slice(1);
  if (piece.startsWith('(')) return meaningOfGroup(piece, names);
  if (piece.startsWith('[') || piece === '.') return unnamed;
  return piece === '^' || piece === '$' ? '' : piece;
}

function meaningOfGroup(group: string, names: (string | number)[]): string {
  if (/^\(\?<?[=!]/.test(group)) return '';
  if (group.startsWith('(?:')) return read(group.slice(3, -1), names);
  const [name] = names.splice(0, (new RegExp(`${group}|`).exec('') ?? []).length - 1);
  return typeof name === 'string' ? `:${name}` : unnamed;
}
