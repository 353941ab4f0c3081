/** Pretty lines: the JSON line made readable by `pino-pretty`, with nothing in it that a terminal would obey. */
import type { DestinationStream } from 'pino';
import { findInstalled } from '../internal/application.js';

/** The part of `pino-pretty` that is used. */
interface PinoPretty {
  prettyFactory(options: object): (line: object) => string | undefined;
}

/** A stream that writes pretty lines; `undefined` when `pino-pretty` is not installed in the application. */
export function prettyStream(output: { isTTY?: boolean; write(text: string): unknown }): DestinationStream | undefined {
  const pinoPretty = loadPinoPretty();
  if (!pinoPretty) return undefined;
  const isColourful = output.isTTY === true && !process.env['NO_COLOR'];
  const format = pinoPretty.prettyFactory({
    colorize: isColourful,
    ignore: 'service,env,version,logger,request_id',
    messageFormat: (line: Line) => headline(line, isColourful),
    singleLine: true,
    translateTime: 'HH:MM:ss.l',
  });
  const stream = {
    write(line: string) {
      output.write(prettyText(line, format));
    },
  };
  forPeople.add(stream);
  return stream;
}

const forPeople = new WeakSet<DestinationStream>();

/** Whether what is written there is made readable, and so has to have the names that this knows. */
export function isForPeople(stream: DestinationStream): boolean {
  return forPeople.has(stream);
}

interface Line {
  readonly msg?: unknown;
  readonly logger?: unknown;
  readonly request_id?: unknown;
}

/** `6dd0c1f2 orders: order placed`; lines of one request stand below each other with the same mark. */
function headline({ msg, logger, request_id: id }: Line, isColourful: boolean): string {
  const mark = typeof id === 'string' ? `${markOf(id, isColourful)} ` : '';
  const name = typeof logger === 'string' ? `${logger}: ` : '';
  return mark + name + (typeof msg === 'string' ? msg : '');
}

const markLength = 8;

/** The end of the id, because ids that are made from the time begin alike, in a colour that the whole id decides. */
function markOf(id: string, isColourful: boolean): string {
  const mark = id.slice(-markLength).padEnd(markLength);
  if (!isColourful) return mark;
  let hash = 0;
  for (let index = 0; index < id.length; index++) hash = (Math.imul(hash, 31) + id.charCodeAt(index)) >>> 0;
  return `\u001b[38;5;${colours[hash % colours.length]}m${mark}\u001b[39m`;
}

/** Of the 256 that terminals have, such as can be read on black and on white. */
const colours = [33, 37, 63, 71, 99, 130, 133, 136, 161, 166, 172, 203];

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
    return findInstalled('pino-pretty')?.() as PinoPretty | undefined;
  } catch {
    return undefined;
  }
}

/**
 * Line ends and tabs are harmless in a stack; everything else below U+0020, and U+007F to U+009F, can drive a terminal. Marks
 * of direction make it show a text in another order than it has: https://trojansource.codes
 */
// oxlint-disable-next-line no-control-regex -- control characters are what this looks for
const controlCharacters = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;
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
