/** YAML flow: scalars, and collections in brackets. */
import { textOr, type Value } from './manifest.js';

/** @throws {Error} When brackets or quotes do not close. */
export function parseFlow(text: string): Value {
  const tokens =
    text.match(
      /"(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[[\]{},]|:(?=\s|$|[[{"'])|(?:[^\s[\]{},:"']|:(?=\S)|\s+(?=[^\s[\]{},:"']))+/g,
    ) ?? [];
  let at = 0;

  function value(): Value {
    const token = tokens[at++];
    if (token === '[') return list();
    if (token === '{') return mapping();
    if (token === undefined || /^[\]},:]$/.test(token)) throw new Error('this');
    return parseScalar(token);
  }

  function list(): Value[] {
    const items: Value[] = [];
    while (tokens[at] !== ']') {
      items.push(value());
      if (tokens[at] === ',') at += 1;
    }
    at += 1;
    return items;
  }

  function mapping(): Value {
    const entries: [string, Value][] = [];
    while (tokens[at] !== '}') {
      const key = textOr(value(), '');
      const hasValue = tokens[at] === ':';
      if (hasValue) at += 1;
      entries.push([key, hasValue ? value() : null]);
      if (tokens[at] === ',') at += 1;
    }
    at += 1;
    return Object.fromEntries(entries);
  }

  const whole = value();
  if (at < tokens.length) throw new Error('this');
  return whole;
}

/** Plain or in quotes. */
export function parseScalar(text: string): Value {
  const plain = text.trim();
  if (/^'(?:[^']|'')*'$/.test(plain)) return plain.slice(1, -1).replaceAll("''", "'");
  if (/^"(?:[^"\\]|\\.)*"$/.test(plain)) return JSON.parse(plain) as string;
  if (/^["'&*!%@`]/.test(plain)) throw new Error('this');
  if (/^-?\d+(\.\d+)?$/.test(plain)) return Number(plain);
  if (plain === 'true' || plain === 'false') return plain === 'true';
  return /^(null|~|)$/i.test(plain) ? null : plain;
}
