/** Redactor: plain copies of whatever is said, without its secrets. */
import { copyValue } from './copy.js';
import { cleanText } from './redact-text.js';
import { requireObject, requireTexts } from './options.js';
import { createKeyMatcher, type KeyMatcher } from './sensitive-key.js';

/** Changes to the list of keys whose values are hidden. */
export interface RedactOptions {
  /** Further key names whose values are secrets, such as `iban`; compared like the built-in ones. @default [] */
  keys?: readonly string[];
  /** Key names to leave alone although they look like secrets, such as `next_token`. @default [] */
  allow?: readonly string[];
}

export const redactDefaults: Required<RedactOptions> = { keys: [], allow: [] };

export interface Redactor {
  /** The judge of keys, for copies that do more than this one's. */
  readonly keys: KeyMatcher;
  /**
   * Tells whether the value under this key is a secret: `Authorization`, `set-cookie`, `x-api-key`, `clientSecret`,
   * `passwordHash`, `refresh_token`, `cvv`, … in any case, whatever the punctuation. `token_count`, `tokens`,
   * `author` and `passenger` are not. Answers are remembered.
   */
  isSensitive(this: void, key: string): boolean;
  /**
   * Makes a deep copy that JSON can hold, with secrets as `[Redacted]`; primitives that JSON can hold come back as they
   * are. Never throws, never changes the value, and stays within `copyLimits`. An Error becomes its `ErrorFields`, a
   * request its method and path, a response its status, any other stream `[Stream]`.
   */
  copy(value: unknown): unknown;
  /** The text with the values of sensitive names hidden in URLs, queries, JSON and printed objects. */
  text(this: void, text: string): string;
}

/** @throws {ConfigError} When the keys to hide or to allow are no lists of texts. */
export function createRedactor(options: RedactOptions = {}): Redactor {
  requireObject('redact', options);
  const { keys = redactDefaults.keys, allow = redactDefaults.allow } = options;
  requireTexts('redact.keys', keys);
  requireTexts('redact.allow', allow);
  const matcher = createKeyMatcher(keys, allow);
  return {
    keys: matcher,
    isSensitive: matcher.isSecret,
    copy: (value) => copyValue(value, matcher),
    text: (text) => cleanText(text, matcher.isSecret),
  };
}
