/** Attributes: nested fields as a flat, bounded list of scalars, the shape every destination can store. */
import { cutText } from '../internal/cut-text.js';
import { ownKeys } from '../internal/own-keys.js';
import { recordLimits, type CleanCopy } from './clean-copy.js';
import type { Scrub } from './scrub.js';

export type Scalar = string | number | boolean;
export type Attributes = Record<string, Scalar>;

/** OpenObserve refuses records of more than 200 columns; OpenTelemetry's own default limit is 128 attributes. */
const maxAttributes = 128;

/** OpenObserve flattens three levels and leaves the deeper ones as JSON text. */
const maxDepth = 3;

const maxTextLength = 8_192;

/** Integers up to here have fewer digits than a card number. */
const maxPlainNumber = 999_999_999_999;

/** Whether a number is surely no card's. */
export function isPlainNumber(value: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= maxPlainNumber;
}

/** Collects the attributes of one record; what it is given as copies has clean texts already. */
export class AttributeList {
  readonly #attributes: Attributes = {};
  readonly #scrub: Scrub;
  #count = 0;
  /** What is over the limit becomes one JSON text; collecting more than the text can hold would be in vain. */
  readonly #surplus: Record<string, unknown> = {};
  #surplusRoom = maxTextLength;

  constructor(scrub: Scrub) {
    this.#scrub = scrub;
  }

  /** Adds fields as they were given, copying one after the other. */
  addFields(fields: object, copy: CleanCopy): void {
    const keys = keysOf(fields);
    if (keys === undefined) this.#place('', 'fields', '[Unreadable]', 1);
    else if (typeof keys === 'number') this.#addSurplus('...', `[${keys} keys]`);
    else {
      for (const key of keys) {
        if (this.#isFull) break;
        this.#place('', key, copy.member(fields, key), 1);
      }
    }
  }

  /** Adds the members of a copy but for some, each under its name with the prefix, such as `error_`. */
  addCopied(source: Readonly<Record<string, unknown>>, prefix: string, leftOut: ReadonlySet<string>): void {
    for (const key of Object.keys(source)) if (!leftOut.has(key)) this.#place(prefix, key, source[key], 1);
  }

  finish(): Attributes {
    if (this.#surplusRoom < maxTextLength) this.#attributes['other_fields'] = this.#textOf(this.#surplus);
    return this.#attributes;
  }

  get #isFull(): boolean {
    return this.#surplusRoom <= 0;
  }

  #place(prefix: string, key: string, value: unknown, depth: number): void {
    if (value === null || value === undefined || this.#isFull) return;
    const name = this.#nameOf(prefix, key);
    if (typeof value === 'object' && !Array.isArray(value) && depth < maxDepth) {
      for (const [inner, member] of Object.entries(value)) this.#place(`${name}_`, inner, member, depth + 1);
    } else if (this.#count >= maxAttributes) {
      this.#addSurplus(name, value);
    } else {
      this.#count++;
      this.#attributes[name] = this.#scalarOf(value);
    }
  }

  #addSurplus(name: string, value: unknown): void {
    this.#surplus[name] = value;
    this.#surplusRoom -= name.length + 4;
  }

  /** Most keys go in as they are: a key put together anew costs the engine a search for it. */
  #nameOf(prefix: string, key: string): string {
    if (prefix === '' && key.length < 40 && !key.includes('@')) return key;
    const short = key.length > recordLimits.maxKeyLength ? cutText(key, recordLimits.maxKeyLength) : key;
    return this.#scrub(prefix + short);
  }

  #scalarOf(value: unknown): Scalar {
    if (typeof value === 'boolean' || typeof value === 'string') return value;
    if (typeof value !== 'number') return this.#textOf(value);
    if (isPlainNumber(value)) return value;
    // A card number may also come as a number.
    const text = String(value);
    const safe = this.#scrub(text);
    return safe === text ? value : safe;
  }

  #textOf(value: unknown): string {
    return this.#scrub(JSON.stringify(value).slice(0, maxTextLength));
  }
}

/** The keys, how many there are when they are too many, `undefined` when they cannot be read. */
function keysOf(fields: object): ReturnType<typeof ownKeys> | undefined {
  try {
    return ownKeys(fields);
  } catch {
    return undefined;
  }
}
