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

/**
 * Makes the function that writes paths relative to the application.
 *
 * @param root Directory of the application; it disappears from the text.
 * @param home Home directory of the user; it becomes `~`.
 */
export function createPathShortener(root: string, home: string): (text: string) => string {
  const replacements: [search: string, put: string][] = [];
  for (const [directory, put] of [
    [root, ''],
    [home, '~/'],
  ] as const) {
    const plain = directory.replace(/[\\/]+$/, '');
    if (plain === '') continue;
    const separator = plain.includes('\\') ? '\\' : '/';
    replacements.push([`file://${plain}${separator}`, put], [plain + separator, put]);
  }
  return (text) => replacements.reduce((shorter, [search, put]) => shorter.replaceAll(search, put), text);
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
