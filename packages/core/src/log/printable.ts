/** Printable value: what fills a placeholder of a message, as it would be printed but for its secrets. */
import { inspect } from 'node:util';
import type { Redactor } from '../internal/redact.js';
import type { LogCall } from './call.js';

/** The call with its message free of secrets, in whichever of its placeholders they stood. */
export function printable(call: LogCall, redactor: Redactor): LogCall {
  const { fields, message, params } = call;
  if (params.length === 0 && typeof message !== 'object') return call;
  const safe = (value: unknown): unknown =>
    typeof value === 'object' && value !== null ? new PrintableValue(value, redactor) : value;
  return { fields, message: safe(message), params: params.map(safe) };
}

/** `%o` and `%j` print what `toJSON` gives, `%s` the text and `%d` the number that the value itself would. */
class PrintableValue {
  readonly #value: object;
  readonly #redactor: Redactor;

  constructor(value: object, redactor: Redactor) {
    this.#value = value;
    this.#redactor = redactor;
  }

  toString(): string {
    try {
      // oxlint-disable-next-line no-base-to-string -- that of the value, as `%s` asks for it
      return String(this.#value);
    } catch {
      // An object without a prototype has no text: Node and Express parse queries into such.
      return Object.prototype.toString.call(this.#value);
    }
  }

  valueOf(): unknown {
    return typeof this.#value.valueOf === 'function' ? this.#value.valueOf() : this;
  }

  toJSON(): unknown {
    return this.#redactor.copy(this.#value);
  }

  [inspect.custom](): unknown {
    return this.toJSON();
  }
}
