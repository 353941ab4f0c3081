/** Redacted text: a URL, query, body or printed object in which the values of sensitive names are hidden. */

import { marks, marksOf } from './text-marks.js';

/** What stands in the place of a secret. */
export const redacted = '[Redacted]';

// Every repetition below is bounded or cannot overlap its neighbour, so the time is linear in the text.

/** Password of `scheme://user:password@host`. */
const urlPassword = /(:\/\/[^\s/?#@:]*:)[^\s/?#]+@/g;

/** `name=` of a query string, a form body or a connection string, also in quotes, where a value follows. */
const queryName = /(?:^|[?&#;\s"'`(,])([\w.[\]%-]{1,96})=(?=[^&#;\s"'<>])/g;

/** What ends such a value. */
const queryEnd = /[&#;\s"'<>]|$/g;

/** `"name": value` of a JSON text, possibly cut short. */
const jsonPair = /(["'])([\w.-]{1,96})\1(\s{0,8}:\s{0,8})("(?:[^"\\]|\\[\s\S])*"?|'(?:[^'\\]|\\[\s\S])*'?|[^\s,}\]]+)/g;

/** The same as JSON within JSON: its quotes are escaped. */
const escapedPair = /(?<!\\)(\\{1,15}["'])([\w.-]{1,96})\1(\s{0,8}:\s{0,8})(\1[\s\S]*?(?:(?<!\\)\1|$)|[^\s,}\]\\]+)/g;

/** Value of `name: 'value'` as Node's `inspect` prints it; found by its quote, which is rarer than a name. */
const inspectedValue =
  /(?<=(?<![\w$'"`.-])([\w$]{1,96}): )('(?:[^'\\]|\\[\s\S])*'?|"(?:[^"\\]|\\[\s\S])*"?|`(?:[^`\\]|\\[\s\S])*`?)/g;

/** `Name: value` of a dumped head. */
const headerLine = /(?<=\r\n)([\w-]{1,96})(: ?)([^\r\n]+)/g;

/** What {@link redactText} gives, at a tenth of the time for most texts: without one of these no name has a value. */
export function cleanText(text: string, isSensitive: (name: string) => boolean): string {
  return text.includes('=') || text.includes(':') ? redactText(text, isSensitive) : text;
}

function decoded(name: string): string {
  if (!name.includes('%')) return name;
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

/**
 * Hides passwords of URLs, and values whose name is sensitive in a query string, a JSON text, a printed object or a dumped
 * head.
 *
 * @param found What the text holds, for those who know it already; it may be more than the text does.
 */
export function redactText(
  text: string,
  isSensitive: (name: string) => boolean,
  found: number = marksOf(text),
): string {
  // A pattern is tried only where its mark occurs: most texts hold none of them.
  let safe = text;
  if (found & marks.colon && safe.includes('://')) safe = safe.replace(urlPassword, `$1${redacted}@`);
  if (found & marks.equals) safe = redactQuery(safe, isSensitive);
  if (found & marks.carriageReturn && safe.includes('\r\n')) {
    safe = safe.replace(headerLine, (line, name: string, colon: string) =>
      isSensitive(name) ? `${name}${colon}${redacted}` : line,
    );
  }
  return found & marks.colon && found & anyQuote ? redactQuoted(safe, isSensitive) : safe;
}

/** A value that may be seen is searched for names as well: it may be a URL, or the first of a list with commas. */
function redactQuery(text: string, isSensitive: (name: string) => boolean): string {
  let safe = '';
  let from = 0;
  queryName.lastIndex = 0;
  for (let found = queryName.exec(text); found; found = queryName.exec(text)) {
    if (!isSensitive(decoded(found[1] ?? ''))) continue;
    safe += text.slice(from, queryName.lastIndex) + redacted;
    queryEnd.lastIndex = queryName.lastIndex;
    from = queryName.lastIndex = queryEnd.exec(text)?.index ?? text.length;
  }
  return safe + text.slice(from);
}

const anyQuote = marks.doubleQuote | marks.singleQuote | marks.backtick;

function redactQuoted(text: string, isSensitive: (name: string) => boolean): string {
  let safe = text;
  if (safe.includes('\\"') || safe.includes("\\'")) safe = redactEscaped(safe, isSensitive);
  if (/: ["'`]/.test(safe)) {
    safe = safe.replace(inspectedValue, (value, name: string) => (isSensitive(name) ? hidden(value) : value));
  }
  if (safe.includes('"') || safe.includes("'")) {
    safe = safe.replace(jsonPair, (pair, quote: string, name: string, colon: string, value: string) =>
      isSensitive(name) ? `${quote}${name}${quote}${colon}${hidden(value)}` : pair,
    );
  }
  return safe;
}

/** What was hidden before stays as it is. */
function hidden(value: string): string {
  return value.slice(1, -1) === redacted ? value : `"${redacted}"`;
}

/** A value may itself be JSON, its quotes escaped once more. */
function redactEscaped(text: string, isSensitive: (name: string) => boolean): string {
  return text.replace(escapedPair, (_, quote: string, name: string, colon: string, value: string) => {
    const safe = isSensitive(name) ? `${quote}${redacted}${quote}` : redactEscaped(value, isSensitive);
    return `${quote}${name}${quote}${colon}${safe}`;
  });
}
