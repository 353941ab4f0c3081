/** Pretty lines: the JSON line made readable by `pino-pretty`, with nothing in it that a terminal would obey. */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { DestinationStream } from 'pino';

/** The part of `pino-pretty` that is used. */
interface PinoPretty {
  prettyFactory(options: object): (line: object) => string | undefined;
}

/** A stream that writes pretty lines; `undefined` when `pino-pretty` is not installed in the application. */
export function prettyStream(output: { isTTY?: boolean; write(text: string): unknown }): DestinationStream | undefined {
  const pinoPretty = loadPinoPretty();
  if (!pinoPretty) return undefined;
  const format = pinoPretty.prettyFactory({
    colorize: output.isTTY === true && !process.env['NO_COLOR'],
    ignore: 'service,env,version',
    singleLine: true,
    translateTime: 'HH:MM:ss.l',
  });
  return {
    write(line: string) {
      output.write(prettyText(line, format));
    },
  };
}

/** The line itself, still harmless, when pino-pretty stumbles: it does over a field named `valueOf`, for one. */
function prettyText(line: string, format: ReturnType<PinoPretty['prettyFactory']>): string {
  try {
    return format(escapeControls(JSON.parse(line)) as object) ?? '';
  } catch {
    return line.replace(controlCharacters, escape);
  }
}

function loadPinoPretty(): PinoPretty | undefined {
  try {
    return createRequire(join(process.cwd(), 'package.json'))('pino-pretty') as PinoPretty;
  } catch {
    return undefined;
  }
}

/** Line ends and tabs are harmless in a stack; everything else below U+0020, and U+007F to U+009F, can drive a terminal. */
// oxlint-disable-next-line no-control-regex -- control characters are what this looks for
const controlCharacters = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029]/g;
// oxlint-disable-next-line no-control-regex -- control characters are what this looks for
const lineEnds = /[\u0009\u000a]/g;

function escapeControls(value: unknown, key?: string): unknown {
  if (typeof value === 'string') {
    const visible = value.replace(controlCharacters, escape);
    return key === 'stack' ? visible : visible.replace(lineEnds, escape);
  }
  if (Array.isArray(value)) return value.map((item) => escapeControls(item));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [escapeControls(name), escapeControls(item, name)]),
  );
}

function escape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
