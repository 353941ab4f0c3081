/** Stack: where in the application an error came from, without telling where the application lies on the disk. */

/** A place in the source. */
export interface CodeLocation {
  readonly file: string;
  readonly line: number;
  readonly function?: string;
}

const maxFrames = 50;
const maxFrameLength = 500;

/** `at name (file:line:column)`, the name and its brackets possibly missing. */
const framePattern = /^\s{0,16}at (?:(?<name>[^(]{1,200}) \()?(?<file>[^()]{1,300}):(?<line>\d{1,9}):\d{1,9}\)?$/;

/** Makes the function that writes paths relative to the application. */
export function createPathShortener(root: string): (text: string) => string {
  return createReplacer(root, '[\\\\/]', '');
}

/** Makes the function that writes `~` for the home directory of the user. */
export function createHomeHider(home: string): (text: string) => string {
  return createReplacer(home, '(?![\\w-])', '~');
}

/** Replaces a directory as path or as file URL, not as a part of another; that of the whole disk or an unknown one stays. */
function createReplacer(directory: string, end: string, replacement: string): (text: string) => string {
  const plain = directory.replace(/[\\/]+$/, '');
  if (plain === '') return (text) => text;
  const pattern = new RegExp(`(?<![\\w.~-])(?:file://)?${plain.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')}${end}`, 'g');
  // Most texts do not hold it.
  return (text) => (text.includes(plain) ? text.replace(pattern, replacement) : text);
}

/** Finds the first frame that is neither of Node nor of an installed package. */
export function findLocation(stack: string): CodeLocation | undefined {
  for (const text of stack.split('\n', maxFrames)) {
    if (text.length > maxFrameLength) continue;
    const { name, file, line } = framePattern.exec(text)?.groups ?? {};
    if (file === undefined || line === undefined || isForeign(file)) continue;
    return { file, line: Number(line), ...(name !== undefined && { function: name }) };
  }
  return undefined;
}

function isForeign(file: string): boolean {
  return /^(?:node:|internal\/|native$|<anonymous>)/.test(file) || /(?:^|[\\/])node_modules[\\/]/.test(file);
}
