/** JSON keys: those that stand twice in an object of a text, which `JSON.parse` would hide. */

/** Paths of repeated keys, such as `err.code`, at any depth. The text must be valid JSON. */
export function repeatedKeys(text: string): string[] {
  const repeated: string[] = [];
  const open: { path: string; seen: Set<string> | undefined }[] = [];
  let key = '';
  for (const { 0: token, index } of text.matchAll(/"(?:[^"\\]|\\.)*"|[{}[\]]/g)) {
    const parent = open.at(-1);
    if (token === '{' || token === '[') {
      open.push({ path: parent ? key : '', seen: token === '{' ? new Set() : undefined });
    } else if (token === '}' || token === ']') {
      key = open.pop()?.path ?? '';
    } else if (parent?.seen && /^\s*:/.test(text.slice(index + token.length))) {
      const name = String(JSON.parse(token));
      key = parent.path === '' ? name : `${parent.path}.${name}`;
      if (parent.seen.has(name)) repeated.push(key);
      parent.seen.add(name);
    }
  }
  return repeated;
}
