/** Line members: a JSON object taken apart without reading its values, so that each stays as it was written. */

/** A key with the JSON text of its value. */
export type Member = readonly [name: string, text: string];

/** A string, or what opens, ends or parts members. */
const token = /"(?:[^"\\]|\\.)*"|[{}[\],]/g;

/** The members of a JSON object that has no space between its tokens, as `JSON.stringify` and pino write them. */
export function membersOf(json: string): Member[] {
  const members: Member[] = [];
  let depth = 0;
  let start = 1;
  for (const { 0: found, index } of json.matchAll(token)) {
    if (found === '{' || found === '[') depth++;
    else if (found === '}' || found === ']') depth--;
    const isEnd = depth === 0 || (depth === 1 && found === ',');
    if (!isEnd) continue;
    if (index > start) members.push(memberOf(json.slice(start, index)));
    start = index + 1;
    if (depth === 0) break;
  }
  return members;
}

function memberOf(text: string): Member {
  const { 0: key } = /^"(?:[^"\\]|\\.)*"/.exec(text) ?? [''];
  return [JSON.parse(key) as string, text.slice(key.length + 1)];
}

/** The members as one line. */
export function joinMembers(members: readonly Member[]): string {
  return `{${members.map(([name, text]) => `${JSON.stringify(name)}:${text}`).join(',')}}\n`;
}
