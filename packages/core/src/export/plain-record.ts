/** Plain record: what is said of an error without objects, kept as one clean text until somebody wants the record itself. */
import type { Attributes, Scalar } from './attributes.js';
import type { KnownFrames } from './known-frames.js';
import type { KnownKey } from './known-keys.js';
import type { ErrorRecord } from './record.js';
import { recordOverheadBytes } from './weight.js';

/** Texts that each of them has: logger, message, what the error says, its type, code, and the header of its stack; attributes follow. */
const leading = 6;

export interface PlainFacts {
  readonly level: ErrorRecord['level'];
  /** Clean texts put into one, with a character between, and how long each of them is. */
  readonly texts: string;
  readonly lengths: readonly number[];
  readonly hasLogger: boolean;
  readonly hasCode: boolean;
  /** Whether the message of the error follows on the header of the stack. */
  readonly hasMessageInStack: boolean;
  /** Missing when nothing was thrown. */
  readonly frames: KnownFrames | undefined;
  readonly keys: readonly KnownKey[];
  /** One for each key; `undefined` stands for the next of the texts. */
  readonly values: readonly (Scalar | undefined)[];
  /** What all of it weighs. */
  readonly bytes: number;
}

/** What JSON may write in another way: all but printable ASCII, and a few of that; the texts are joined by the character behind it. */
const escaped = /[^ !#-[\]-\x7f]/;

export class PlainRecord {
  readonly timeMs: number;
  readonly bytes: number;
  readonly #uid: string;
  readonly #facts: PlainFacts;
  #record: ErrorRecord | undefined;

  constructor(uid: string, timeMs: number, facts: PlainFacts) {
    this.timeMs = timeMs;
    this.bytes = recordOverheadBytes + facts.bytes;
    this.#uid = uid;
    this.#facts = facts;
  }

  get record(): ErrorRecord {
    this.#record ??= this.#whole();
    return this.#record;
  }

  /** By hand, in a third of the time that JSON takes: most of the text is the frames, which were written before. */
  json(): string {
    const { level, hasLogger, hasCode, hasMessageInStack, frames, keys, values } = this.#facts;
    if (escaped.test(this.#facts.texts)) return JSON.stringify(this.record);
    const parts = this.#parts();
    const [logger, message, said, type, code, header] = parts;
    let json = `{"uid":"${this.#uid}","timeMs":${this.timeMs},"level":"${level}","message":"${message}"`;
    if (hasLogger) json += `,"logger":"${logger}"`;
    if (frames !== undefined) {
      const stack = `${header}${hasMessageInStack ? said : ''}${frames.json}`;
      json += `,"error":{"type":"${type}","message":"${said}","stack":"${stack}"`;
      json += `${hasCode ? `,"code":"${code}"` : ''}}${frames.locationJson}`;
    }
    let attributes = '';
    let next: number = leading;
    keys.forEach(({ json: key }, index) => {
      const value = values[index] ?? `"${parts[next++]}"`;
      attributes += `${attributes && ','}${key}${value}`;
    });
    return `${json},"attributes":{${attributes}},"bytes":${this.bytes}}`;
  }

  #whole(): ErrorRecord {
    const { level, hasLogger, hasCode, hasMessageInStack, frames, keys, values } = this.#facts;
    const parts = this.#parts();
    const [logger, message, said, type, code, header] = parts;
    const attributes: Attributes = {};
    let next: number = leading;
    keys.forEach(({ name }, index) => {
      attributes[name] = values[index] ?? (parts[next++] as string);
    });
    return Object.freeze({
      uid: this.#uid,
      timeMs: this.timeMs,
      level,
      message: message as string,
      logger: hasLogger ? logger : undefined,
      error: frames && {
        type: type as string,
        message: said as string,
        stack: `${header}${hasMessageInStack ? said : ''}${frames.text}`,
        code: hasCode ? code : undefined,
        cause: undefined,
      },
      location: frames?.location,
      attributes,
      truncated: undefined,
      bytes: this.bytes,
    });
  }

  /** The texts again, one by one. */
  #parts(): string[] {
    const { texts, lengths } = this.#facts;
    let start = 0;
    return lengths.map((length) => {
      const part = texts.slice(start, start + length);
      start += length + 1;
      return part;
    });
  }
}

/** A record, whole or to be put together when somebody wants it. */
export type MadeRecord = ErrorRecord | PlainRecord;

export function recordOf(made: MadeRecord): ErrorRecord {
  return made instanceof PlainRecord ? made.record : made;
}

export function jsonOf(made: MadeRecord): string {
  return made instanceof PlainRecord ? made.json() : JSON.stringify(made);
}
