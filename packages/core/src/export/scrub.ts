/** Scrubber: removes from a text what looks like personal data or a credential, whatever key it stands under. */
import { redactText } from '../internal/redact-text.js';
import type { Redactor } from '../internal/redact.js';

export type Scrub = (text: string) => string;

// The look-behinds let every run of characters be tried once only, so the time is linear in the text.

const email = /(?<![\w.%+-])[\w.%+-]{1,64}(?:@|%40)(?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z]{2,24}/g;

/** 13 to 19 digits, in groups of four or more or in one; first digit as the card networks give it (ISO/IEC 7812), which no time stamp has. */
const cardNumber = /(?<![\w.])[2-6](?:[ -]?\d){12,18}(?!\w)/g;

const bearer = /\b([Bb]earer\s{1,4})[\w.~+/=-]{6,}/g;
const basic = /\b([Bb]asic\s{1,4})([A-Za-z0-9+/]{6,}={0,2})/g;
const jwt = /(?<![\w-])eyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)?/g;
/** What every text that needs work has; one search instead of ten for those that need none. */
const suspicious = /[@%=:"'\p{Surrogate}]|\d{4}|earer|asic|eyJ/u;
const fourDigits = /\d{4}/;
const loneSurrogate = /\p{Surrogate}/gu;

/** Makes the scrubber; the redactor says which names in a query or JSON text are sensitive. */
export function createScrub(redactor: Redactor): Scrub {
  const isSensitive = (name: string): boolean => redactor.isSensitive(name);
  return (text) => {
    if (!suspicious.test(text)) return text;
    // The cheap searches pay for themselves: most texts hold few of the marks.
    let safe = redactText(text, isSensitive);
    if (safe.includes('@') || safe.includes('%40')) safe = safe.replace(email, '[E-mail]');
    if (safe.includes('earer')) safe = safe.replace(bearer, '$1[Token]');
    if (safe.includes('asic')) safe = safe.replace(basic, hideBasic);
    if (safe.includes('eyJ')) safe = safe.replace(jwt, '[Token]');
    if (fourDigits.test(safe)) safe = safe.replace(cardNumber, hideCard);
    // Half a character makes some servers refuse the whole batch.
    return safe.replace(loneSurrogate, '\uFFFD');
  };
}

/** "Basic" is also an English word: only what decodes to `user:password` is a credential. */
function hideBasic(match: string, scheme: string, encoded: string): string {
  return Buffer.from(encoded, 'base64').includes(':') ? `${scheme}[Token]` : match;
}

function hideCard(match: string): string {
  return passesLuhn(match) ? '[Card]' : match;
}

/** The check digit of card numbers (ISO/IEC 7812-1, annex B). */
function passesLuhn(text: string): boolean {
  let sum = 0;
  let double = false;
  for (let index = text.length - 1; index >= 0; index--) {
    const digit = text.charCodeAt(index) - 48;
    if (digit < 0 || digit > 9) continue;
    const value = double ? digit * 2 : digit;
    sum += value > 9 ? value - 9 : value;
    double = !double;
  }
  return sum % 10 === 0;
}
