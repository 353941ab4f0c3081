/** Scrubber: removes from a text what looks like personal data or a credential, whatever key it stands under. */
import { redactText } from '../internal/redact-text.js';
import type { Redactor } from '../internal/redact.js';
import { marks, marksOf } from '../internal/text-marks.js';

export type Scrub = (text: string) => string;

// The look-behinds let every run of characters be tried once only, so the time is linear in the text.

const email = /(?<![\p{L}\p{N}_.+-])[\p{L}\p{N}_.+-]+(?:@|%40)(?:[\p{L}\p{N}-]{1,63}\.){1,8}\p{L}{2,24}/gu;

/** 13 digits or more, in groups or in one; which of them are a card is looked at afterwards. */
const digitGroups = /(?<![A-Za-z\d.])\d(?:[ -]?\d){12,}(?!\w)/g;

const bearer = /(bearer(?:\s|%20){1,4})[\w.~+/=-]{6,}/gi;
const basic = /(basic(?:\s|%20){1,4})([A-Za-z0-9+/]{6,}={0,2})/gi;
const tokenRun = /(?<![\w.-])[\w.-]{20,}/g;
/** What every text that needs work has at least one of. */
const suspicious =
  marks.at |
  marks.percent |
  marks.equals |
  marks.colon |
  marks.doubleQuote |
  marks.singleQuote |
  marks.capitalJ |
  marks.scheme |
  marks.digits |
  marks.surrogate;
/** The sign of an address; in a stack it also begins the scope of a package. */
const addressSign = /[^\s/(]@|%40/;
const schemeName = /[bB](?:earer|EARER|asic|ASIC)/;
const loneSurrogate = /\p{Surrogate}/u;

/**
 * Makes the scrubber; the redactor says which names in a query or JSON text are sensitive. Who knows the marks of the text
 * already hands them in.
 */
export function createScrub(redactor: Redactor): (text: string, found?: number) => string {
  const { isSensitive } = redactor;
  return (text, found = marksOf(text)) => {
    if ((found & suspicious) === 0) return text;
    // The cheap searches pay for themselves: most texts hold few of the marks.
    let safe = redactText(text, isSensitive, found);
    if (found & (marks.at | marks.percent) && addressSign.test(safe)) safe = safe.replace(email, '[E-mail]');
    if (found & marks.scheme && schemeName.test(safe))
      safe = safe.replace(bearer, '$1[Token]').replace(basic, hideBasic);
    if (found & marks.capitalJ && safe.includes('eyJ')) safe = safe.replace(tokenRun, hideJwt);
    if (found & marks.digits) safe = safe.replace(digitGroups, hideCards);
    // Half a character makes some servers refuse the whole batch; bytes cannot hold one.
    return found & marks.surrogate && loneSurrogate.test(safe) ? Buffer.from(safe).toString() : safe;
  };
}

/** Each begins what a secret or half of a character may be; V8 looks for a single character at 30 of them in a nanosecond. */
const tellingSigns = ['@', '%', '=', '"', "'", '`', '\r'];
/** Without a loop in it, so that V8 skips what cannot be: in a third of the time of a pattern with one. */
const thirteenDigits = new RegExp(Array(13).fill('\\d').join('[ -]?'));

/** Whether the scrubber would surely leave a text as it is, which is ASCII then; many more are clean. */
export function isInnocent(text: string): boolean {
  for (const sign of tellingSigns) if (text.includes(sign)) return false;
  if (Buffer.byteLength(text) !== text.length || text.includes('://')) return false;
  return !(text.includes('J') && text.includes('eyJ')) && !thirteenDigits.test(text) && !schemeName.test(text);
}

/** "Basic" is also an English word: only what decodes to `user:password` is a credential. */
function hideBasic(match: string, scheme: string, encoded: string): string {
  return Buffer.from(encoded, 'base64').includes(':') ? `${scheme}[Token]` : match;
}

/** A JSON Web Token, signed or encrypted: a segment that begins as JSON does in base64, and more behind a dot. */
function hideJwt(run: string): string {
  const start = run.indexOf('eyJ');
  const dot = run.indexOf('.', start);
  const isToken = start >= 0 && dot - start > 10 && run.length - dot > 8;
  return isToken ? `${run.slice(0, start)}[Token]` : run;
}

/** Hides card numbers among groups of digits: an expiry date or a check number may stand before or behind. */
function hideCards(run: string): string {
  const groups = run.split(/(?=[ -])/);
  let safe = '';
  for (let index = 0; index < groups.length;) {
    const length = cardLength(groups, index);
    const group = groups[index] ?? '';
    safe += length === 0 ? group : `${/^\D?/.exec(group)?.[0] ?? ''}[Card]`;
    index += Math.max(length, 1);
  }
  return safe;
}

/**
 * How many groups from here on are a card number, 0 if it is none: 13 to 19 digits, the first as the card networks give
 * it (ISO/IEC 7812), which no time stamp has; in one, or in groups of up to six, which no UUID has.
 */
function cardLength(groups: readonly string[], start: number): number {
  if (!/^\D?[2-6]/.test(groups[start] ?? '')) return 0;
  let number = '';
  let found = 0;
  for (let index = start; index < groups.length && number.length < 19; index++) {
    const digits = (groups[index] ?? '').replace(/\D/, '');
    if (digits.length > 6 && index > start) break;
    number += digits;
    if (number.length >= 13 && number.length <= 19 && passesLuhn(number)) found = index - start + 1;
    if (digits.length > 6) break;
  }
  return found;
}

/** The check digit of card numbers (ISO/IEC 7812-1, annex B). */
function passesLuhn(text: string): boolean {
  let sum = 0;
  let double = false;
  for (let index = text.length - 1; index >= 0; index--) {
    const digit = text.charCodeAt(index) - 48;
    const value = double ? digit * 2 : digit;
    sum += value > 9 ? value - 9 : value;
    double = !double;
  }
  return sum % 10 === 0;
}
