/** Line members: a JSON object taken apart without reading its values, so that each stays as it was written. */

/** A key and its value, both as JSON texts. */
export type Member = readonly [name: string, text: string];

/** The members of a JSON object that has no space between its tokens, as `JSON.stringify` and pino write them. */
export function membersOf(json: string): Member[] {
  const members: Member[] = [];
  let at = 1;
  while (json[at] === '"') {
    const nameEnd = endOfText(json, at);
    const end = endOfValue(json, nameEnd + 1);
    members.push([json.slice(at, nameEnd), json.slice(nameEnd + 1, end)]);
    at = end + 1;
  }
  return members;
}

/** The members as one line. */
export function joinMembers(members: readonly Member[]): string {
  let joined = '';
  for (const [name, text] of members) joined += `${joined === '' ? '' : ','}${name}:${text}`;
  return `{${joined}}\n`;
}

/** Where the text ends that begins at the quotation mark. */
function endOfText(json: string, start: number): number {
  let end = start;
  let escapes: number;
  do {
    end = json.indexOf('"', end + 1);
    escapes = 0;
    while (json[end - 1 - escapes] === '\\') escapes++;
  } while (escapes % 2 === 1);
  return end + 1;
}

/** Where the value ends: at the comma behind it, or at the brace of the object that it is the last of. */
function endOfValue(json: string, start: number): number {
  let depth = 0;
  let at = start;
  for (; ; at++) {
    const character = json[at];
    if (character === '"') at = endOfText(json, at) - 1;
    else if (character === '{' || character === '[') depth++;
    else if (depth === 0 && (character === ',' || character === '}')) return at;
    else if (character === '}' || character === ']') depth--;
  }
}
