/** Logger bindings: what `child()` gave a logger, each key once, without secrets. */
import type { Redactor } from '../internal/redact.js';
import { displace, type FieldTexts, joinTexts, setText } from './field-texts.js';

export class LoggerBindings {
  readonly values: Readonly<Record<string, unknown>>;
  readonly texts: FieldTexts;
  /** `,"logger":"orders"`, ready to be put on a line. */
  readonly joined: string;
  /** Whether there is more than the logger's name, so that a field may have to give way to one of them. */
  readonly hasFields: boolean;

  /**
   * Reads a logger's bindings: parsing keeps the last of a repeated key, as a nearer `child()` should win.
   *
   * @param source The bindings as pino keeps them: `,"a":1,"b":2`.
   * @param ours Names that no binding can have.
   */
  constructor(
    readonly source: string,
    redactor: Redactor,
    ours: ReadonlySet<string>,
  ) {
    const parsed = source === '' ? {} : (JSON.parse(`{${keepDigits(source.slice(1))}}`) as Record<string, unknown>);
    const texts = new Map<string, string>();
    this.values = redactFields(parsed, redactor);
    for (const [key, value] of Object.entries(this.values)) setText(texts, key, value);
    this.texts = displace(texts, ours);
    this.joined = joinTexts(this.texts);
    this.hasFields = this.texts.size > (this.texts.has('logger') ? 1 : 0);
  }
}

/** The JSON with integers as texts that no number can hold, as ids are that came as a `bigint`. */
function keepDigits(json: string): string {
  if (!/\d{16}/.test(json)) return json;
  return json.replace(stringOrNumber, (token) =>
    /^-?\d{16,}$/.test(token) && String(Number(token)) !== token ? `"${token}"` : token,
  );
}

const stringOrNumber = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/** The fields without secrets; keys whose value is `undefined` are left out. What is no list of fields becomes one, `value`. */
export function redactFields(fields: object, redactor: Redactor): Record<string, unknown> {
  const copied = redactor.copy(fields);
  return typeof copied === 'object' && copied !== null ? (copied as Record<string, unknown>) : { value: copied };
}
