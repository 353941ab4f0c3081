/** Stack: where in the application an error came from, without telling where the application lies on the disk. */

/** A place in the source. */
export interface CodeLocation {
  readonly file: string;
  readonly line: number;
  readonly function?: string;
}

const maxFrames = 50;
const maxFrameLength = 500;
const maxTopLength = 48;

/** A call on the way to where an error was made. */
export interface StackFrame extends CodeLocation {
  readonly column: number;
  /** Whether it is the application's own, neither Node's nor that of an installed package. */
  readonly isOwn: boolean;
}

/** `at name (file:line:column)`, the name and its brackets possibly missing. */
const framePattern =
  /^\s{0,16}at (?:(?<name>[^(]{1,200}) \(|async )?(?<file>[^()]{1,300}):(?<line>\d{1,9}):(?<column>\d{1,9})\)?$/;

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
    const { column: _, isOwn, ...location } = readFrame(text) ?? {};
    if (isOwn) return location as CodeLocation;
  }
  return undefined;
}

/** The end of the innermost frame, which tells file, line and column; empty when there is none. */
export function topFrame(stack: string): string {
  const start = stack.indexOf('\n    at ') + 1;
  if (start === 0) return '';
  const next = stack.indexOf('\n', start);
  const end = next < 0 ? stack.length : next;
  return stack.slice(Math.max(start, end - maxTopLength), end);
}

/** Reads the frames of a stack, the innermost first, fifty at most. */
export function readFrames(stack: string): StackFrame[] {
  return stack
    .split('\n', maxFrames)
    .map(readFrame)
    .filter((frame) => frame !== undefined);
}

function readFrame(text: string): StackFrame | undefined {
  if (text.length > maxFrameLength) return undefined;
  const { name, file, line, column } = framePattern.exec(text)?.groups ?? {};
  if (file === undefined) return undefined;
  return {
    file,
    line: Number(line),
    column: Number(column),
    isOwn: !isForeign(file),
    ...(name !== undefined && { function: name }),
  };
}

function isForeign(file: string): boolean {
  return /^(?:node:|internal\/|native$|<anonymous>)/.test(file) || /(?:^|[\\/])node_modules[\\/]/.test(file);
}
