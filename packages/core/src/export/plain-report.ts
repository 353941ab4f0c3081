/** Plain report: one with no objects in its error and its fields, as most are; its texts are searched, detached and weighed as one. */
import { detached } from '../internal/detached-text.js';
import { ownKeys } from '../internal/own-keys.js';
import { redacted } from '../internal/redact-text.js';
import { isPlainNumber, type Scalar } from './attributes.js';
import type { Draft } from './draft.js';
import { fieldOf, fingerprintOf, maxPartLength, separator } from './fold.js';
import type { KnownKey, KnownKeys } from './known-keys.js';
import type { PlainOrigin } from './plain-origin.js';
import { PlainRecord } from './plain-record.js';
import type { ErrorReport } from './report.js';
import { isInnocent, type Scrub } from './scrub.js';
import { attributeOverheadBytes, scalarBytes, sizeOf } from './weight.js';

export interface PlainReportOptions {
  readonly createUid: (timeMs: number) => string;
  /** For what is said of the request. */
  readonly clean: Scrub;
  /** For what is said of the error. */
  readonly cleanError: Scrub;
  /** Hides the paths of this machine in both. */
  readonly hidePaths: Scrub;
}

/** With more members, or longer texts, a report is looked at more closely. */
const maxMembers = 32;
const maxTextLength = 1_024;
const maxLength = 8_192;

/** Places among the texts: of the first that is kept, the last that is compared, the header of the stack, the first of a member. */
const firstKept = 5;
const lastCompared = 7;
const headerPlace = 10;
const leading = 11;

export class PlainReport implements Draft {
  readonly #options: PlainReportOptions;
  readonly #report: ErrorReport;
  readonly #origin: PlainOrigin;
  readonly #texts: string[];
  readonly #keys: KnownKey[] = [];
  /** One for each key; `undefined` stands for the next of the texts. */
  readonly #values: (Scalar | undefined)[] = [];
  /** How many texts there are before those of the error's own members. */
  #fieldsEnd = 0;
  #bytes = 0;
  /** The texts that are kept, put into one, and how long each of them is. */
  #kept = '';
  readonly #lengths: number[] = [];
  #fingerprint = '';
  /** Whether the message of the error follows on the header of its stack. */
  #isAboveMessage: boolean;

  constructor(report: ErrorReport, origin: PlainOrigin, options: PlainReportOptions) {
    this.#options = options;
    this.#report = report;
    this.#origin = origin;
    this.#isAboveMessage = origin.endsWithMessage;
    const { fields } = report;
    const [method, route] = [textOf(fieldOf(fields, 'method')), textOf(fieldOf(fields, 'route'))];
    const { name, type, code = '', frames } = origin;
    const told = [report.logger ?? '', report.message, origin.message];
    this.#texts = [frames?.top ?? '', report.level, method, route, name, ...told, type, code, origin.header];
  }

  get fingerprint(): string {
    return this.#fingerprint;
  }

  make(timeMs: number): PlainRecord {
    const { frames, code } = this.#origin;
    return new PlainRecord(this.#options.createUid(timeMs), timeMs, {
      level: this.#report.level,
      texts: this.#kept,
      lengths: this.#lengths,
      hasLogger: this.#report.logger !== undefined,
      hasCode: code !== undefined,
      hasMessageInStack: this.#isAboveMessage,
      frames,
      keys: this.#keys,
      values: this.#values,
      bytes: this.#bytes,
    });
  }

  /** Takes on the members of the fields, or of the error; false when one of them is not plain. */
  addMembers(source: object, known: KnownKeys): boolean {
    const names = ownKeys(source);
    if (typeof names === 'number' || names.length > maxMembers) return false;
    for (const name of names) {
      const key = known.get(name);
      if (key === undefined) return false;
      if (key.isPlaced) continue;
      const value: unknown = source[name as keyof typeof source];
      if (value === undefined || value === null) continue;
      const isHidden = key.isSecret && typeof value !== 'function';
      if (!this.#add(key, isHidden ? redacted : value)) return false;
    }
    return true;
  }

  /** From here on the members are the error's own. */
  endFields(): void {
    this.#fieldsEnd = this.#texts.length;
  }

  /** Joins the texts, and cleans them if they may need it; false when they are too long. */
  seal(): boolean {
    const { hidePaths } = this.#options;
    let total = 0;
    for (const { length } of this.#texts) total += length;
    if (total > maxLength) return false;
    const joined = this.#texts.join(separator);
    this.#fingerprint = this.#readFingerprint(joined);
    const rest = joined.slice((this.#texts[0]?.length ?? 0) + 1);
    const isClean = isInnocent(rest) && hidePaths(rest) === rest;
    if (!isClean) this.#clean();
    let start = 0;
    for (let index = 0; index < this.#texts.length; index++) {
      const length = this.#texts[index]?.length ?? 0;
      if (index < firstKept) start += length + 1;
      else this.#lengths.push(length);
    }
    this.#kept = isClean ? joined.slice(start) : this.#texts.slice(firstKept).join(separator);
    this.#weigh();
    return true;
  }

  #add(key: KnownKey, value: unknown): boolean {
    if (typeof value === 'string') {
      if (value.length > maxTextLength) return false;
      this.#texts.push(value);
      this.#values.push(undefined);
    } else if (typeof value === 'boolean' || (typeof value === 'number' && isPlainNumber(value))) {
      this.#values.push(value);
      this.#bytes += scalarBytes;
    } else return false;
    this.#keys.push(key);
    this.#bytes += attributeOverheadBytes + key.name.length;
    return true;
  }

  #readFingerprint(joined: string): string {
    let length = lastCompared;
    for (let index = 0; index <= lastCompared; index++) {
      const part = this.#texts[index]?.length ?? 0;
      if (part > maxPartLength) return fingerprintOf(this.#report);
      length += part;
    }
    return joined.slice(0, length);
  }

  #weigh(): void {
    const { frames, message } = this.#origin;
    const size = sizeOf(this.#kept);
    const isWide = size > this.#kept.length;
    this.#bytes += size - this.#lengths.length + 1 + (frames?.bytes ?? 0) * (isWide ? 2 : 1);
    if (this.#isAboveMessage) this.#bytes += message.length;
  }

  /** One by one, as they need it; what they were does not stay. */
  #clean(): void {
    const { clean, cleanError } = this.#options;
    const { header, message, endsWithMessage } = this.#origin;
    this.#fingerprint = detached(this.#fingerprint);
    // A secret may begin in the header of a stack and end in the message.
    if (endsWithMessage) this.#texts[headerPlace] = header + message;
    this.#isAboveMessage = false;
    for (let index = firstKept; index < this.#texts.length; index++) {
      const text = this.#texts[index] ?? '';
      const isOfError = index > firstKept && (index < leading || index >= this.#fieldsEnd);
      this.#texts[index] = isOfError ? cleanError(text) : clean(text);
    }
  }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
