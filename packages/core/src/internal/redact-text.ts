/** Redacted text: a URL, query or body in which the values of sensitive names are hidden. */

/** What stands in the place of a secret. */
export const redacted = '[Redacted]';

// Every repetition below is bounded or cannot overlap its neighbour, so the time is linear in the text.

/** Password of `scheme://user:password@host`. */
const urlPassword = /(:\/\/[^\s/?#@:]*:)[^\s/?#]+@/g;

/** `name=value` of a query string, a form body or a connection string. */
const queryPair = /(^|[?&#;\s])([\w.[\]%-]{1,96}=)([^&#;\s"'<>]+)/g;

/** `"name": value` of a JSON text, possibly cut short. */
const jsonPair = /(["'])([\w.-]{1,96})\1(\s{0,8}:\s{0,8})("(?:[^"\\]|\\[\s\S])*"?|'(?:[^'\\]|\\[\s\S])*'?|[^\s,}\]]+)/g;

function decoded(name: string): string {
  if (!name.includes('%')) return name;
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

/** Hides passwords of URLs, and values whose name in a query string or JSON text is sensitive. */
export function redactText(text: string, isSensitive: (name: string) => boolean): string {
  // A pattern is tried only where its mark occurs: most texts are stacks, which hold none of them.
  let safe = text;
  if (safe.includes('://')) safe = safe.replace(urlPassword, `$1${redacted}@`);
  if (safe.includes('=')) {
    safe = safe.replace(queryPair, (pair, before: string, name: string) =>
      isSensitive(decoded(name.slice(0, -1))) ? `${before}${name}${redacted}` : pair,
    );
  }
  if (safe.includes('"') || safe.includes("'")) {
    safe = safe.replace(jsonPair, (pair, quote: string, name: string, colon: string) =>
      isSensitive(name) ? `${quote}${name}${quote}${colon}"${redacted}"` : pair,
    );
  }
  return safe;
}
