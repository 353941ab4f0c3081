/** Sensitive key: tells from a name alone whether the value under it is a secret. */

import { isShownHeader } from './shown-header.js';

/** What a key says about its value: a secret, the headers of a request or response, or nothing. */
export type KeyKind = 'secret' | 'headers' | 'plain';

export interface KeyMatcher {
  /** What the key says; every answer is remembered. */
  kindOf(this: void, key: string): KeyKind;
  /** What the name of a header says: it is a secret unless it is known to be none, or was allowed. */
  kindOfHeader(this: void, name: string): KeyKind;
  /** Whether the value under the key is a secret. */
  isSecret(this: void, key: string): boolean;
}

/** Names that are a secret wherever they occur inside a key: `passwordHash`, `new_password_2`. */
const secretInside = ['password', 'passwd', 'passphrase'];

/** Names that are a secret at the end of a key: `refreshToken` is one, `token_count` and `tokens` are not. */
const secretEndings = byLastLetters(
  'token secret secrets pwd authorization credential credentials cookie cookies apikey apikeys' +
    ' accesskey privatekey secretkey signingkey encryptionkey masterkey sessionid sessionkey' +
    ' connectionstring jwt cardnumber cardno creditcard debitcard cvv cvc socialsecuritynumber' +
    ' amzsignature googsignature',
);

/** Names that are a secret only as the whole key, because longer words hold them: `pass` and `passenger`. */
const secretNames = (
  'auth bearer pass pin otp totp session sid connectsid sig ssn pan csc ccnumber xauth passcode' +
  ' recoverycodes backupcodes rawheaders'
).split(' ');

/** Most keys remembered; a caller who logs user-made keys must not make the map grow for ever. */
const maxRemembered = 4_096;

/** Keys longer than this are judged by their end and never remembered. */
const maxKeyLength = 96;

/** Words by their last three letters: a key is compared with those alone that may be its end. */
function byLastLetters(words: string): ReadonlyMap<string, readonly string[]> {
  const groups = new Map<string, string[]>();
  for (const word of words.split(' ')) {
    const letters = word.slice(-3);
    groups.set(letters, [...(groups.get(letters) ?? []), word]);
  }
  return groups;
}

function endsWithOneOf(name: string, groups: ReadonlyMap<string, readonly string[]>): boolean {
  return groups.get(name.slice(-3))?.some((word) => name.endsWith(word)) ?? false;
}

/** Letters and digits in lower case; a trailing number says nothing (`token2`, `cvv2`). */
function normalise(key: string): string {
  return key
    .slice(-maxKeyLength)
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '')
    .replace(/\d+$/, '');
}

function judge(key: string, extra: ReadonlySet<string>, allowed: ReadonlySet<string>): KeyKind {
  const name = normalise(key);
  if (allowed.has(name)) return 'plain';
  const secret =
    extra.has(name) ||
    secretNames.includes(name) ||
    secretInside.some((word) => name.includes(word)) ||
    endsWithOneOf(name, secretEndings);
  if (secret) return 'secret';
  return name.endsWith('headers') ? 'headers' : 'plain';
}

/**
 * Makes the judge of key names.
 *
 * @param extra Further names that are secrets, as whole keys.
 * @param allowed Names that are never secrets, as whole keys; they win.
 */
export function createKeyMatcher(extra: readonly string[], allowed: readonly string[]): KeyMatcher {
  const extraNames = new Set(extra.map(normalise));
  const allowedNames = new Set(allowed.map(normalise));
  const kindOf = remembering((key) => judge(key, extraNames, allowedNames));
  const kindOfHeader = remembering((name) => {
    const isShown = kindOf(name) !== 'secret' && (isShownHeader(name) || allowedNames.has(normalise(name)));
    return isShown ? 'plain' : 'secret';
  });
  return { kindOf, kindOfHeader, isSecret: (key) => kindOf(key) === 'secret' };
}

/** Remembers answers, until there are too many of them. */
function remembering(answer: (key: string) => KeyKind): (key: string) => KeyKind {
  const remembered = new Map<string, KeyKind>();
  return (key) => {
    const known = remembered.get(key);
    if (known !== undefined) return known;
    const kind = answer(key);
    if (key.length > maxKeyLength) return kind;
    if (remembered.size >= maxRemembered) remembered.clear();
    remembered.set(key, kind);
    return kind;
  };
}
