import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { processorMs } from '../../testing/processor-time.js';
import { createRedactor } from '../internal/redact.js';
import { createScrub, isInnocent } from './scrub.js';

const scrub = createScrub(createRedactor());

/** Unsigned, made for this test. */
const jwt = 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZGEifQ.c2lnbmF0dXJl';

describe('scrub', () => {
  it.each([
    ['no account for ada.lovelace+x@mail.example.co.uk', 'no account for [E-mail]'],
    ['GET /users/ada%40example.com', 'GET /users/[E-mail]'],
    ['card 4111 1111 1111 1111 declined', 'card [Card] declined'],
    ['card 4111-1111-1111-1111 declined', 'card [Card] declined'],
    ['{"n":"378282246310005"}', '{"n":"[Card]"}'],
    ['sent Authorization: Bearer abc.DEF-123', 'sent Authorization: Bearer [Token]'],
    [`sent Basic ${Buffer.from('ada:secret').toString('base64')}`, 'sent Basic [Token]'],
    [`token was ${jwt}`, 'token was [Token]'],
    ['connect redis://user:pa@ss@cache:6379/0', 'connect redis://user:[Redacted]@cache:6379/0'],
    ['GET https://x.example/cb?code=1&access_token=abc', 'GET https://x.example/cb?code=1&access_token=[Redacted]'],
    ['unexpected end of {"password":"hunter2', 'unexpected end of {"password":"[Redacted]"'],
    [
      'GET /verify?next=%2Faccount%2Fsettings%2Fsecurity%2Fconfirm%2Fnow%3Femail%3Dada%40example.com',
      'GET /verify?next=%2Faccount%2Fsettings%2Fsecurity%2Fconfirm%2Fnow%3Femail%[E-mail]',
    ],
    ['mail to jörg@münchen.de bounced', 'mail to [E-mail] bounced'],
    ['card 4111111111111111 12/27 declined', 'card [Card] 12/27 declined'],
    ['card 4111 1111 1111 1111 123 declined', 'card [Card] 123 declined'],
    ['valid to 12/27 4111-1111-1111-1111', 'valid to 12/27 [Card]'],
    ['card_4111111111111111', 'card_[Card]'],
    ['AUTHORIZATION: BEARER abc.DEF-123', 'AUTHORIZATION: BEARER [Token]'],
    ['h=authorization%3A%20Bearer%20abc.DEF-123', 'h=authorization%3A%20Bearer%20[Token]'],
    [`session_${jwt} expired`, 'session_[Token] expired'],
    ['got eyJhbGciOiJkaXIifQ..c2lnbmF0dXJl.c2lnbmF0dXJl.dGFn', 'got [Token]'],
    ['half \ud83d a character', 'half \ufffd a character'],
  ])('cleans %j', (text, clean) => expect(scrub(text)).toBe(clean));

  it.each([
    'at handler (node_modules/.pnpm/express@5.1.0/node_modules/express/lib/router.js:12:3)',
    'order 4111111111111112 not found',
    'at 1764000000123 and 1764000000123456',
    'trace 4bf92f3577b34da6a3ce929d0e0e4736',
    'basic authentication is needed',
    'Basic Authentication is needed',
    'key 123e4567-e89b-12d3-a456-426614174000',
    'request 00000000-0000-4111-1111-111111111111',
    'a smile 😀 and a name Jörg',
  ])('leaves %j alone', (text) => expect(scrub(text)).toBe(text));

  it.each([
    'a@',
    'eyJ-',
    '4 ',
    '1',
    'a:',
    '://',
    '"',
    'x=',
    'Bearer ',
    'Basic ',
    '%40',
    '"a":"\\',
    'a.',
    '\\',
    'eyJ-eyJ.',
    '4111 ',
    '\ud83d',
  ])('takes linear time on endless %j', (piece) => {
    const text = piece.repeat(Math.floor(200_000 / piece.length));
    expect(processorMs(() => scrub(text))).toBeLessThan(500);
  });

  it('leaves every text alone that is innocent', () => {
    const pieces = [
      '@',
      '%40',
      '=',
      ':',
      '//',
      '"a": "b"',
      "'",
      '`',
      '\r\n',
      'eyJhb.',
      'Bearer ',
      'basic%20',
      '4111',
      ' ',
      '-',
      'é',
      '\ud83d',
      'token',
    ];
    const text = fc.array(fc.oneof(fc.constantFrom(...pieces), fc.string())).map((parts) => parts.join(''));
    fc.assert(
      fc.property(text, (given) => !isInnocent(given) || scrub(given) === given),
      { numRuns: 1_000 },
    );
    expect(isInnocent('POST /orders/:id failed for customer 123: out of stock (r-4bf92f3577b34da6)')).toBe(true);
  });

  it('lets no card number through that the check digit confirms', () => {
    const digits = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 14, maxLength: 14 });
    fc.assert(
      fc.property(fc.constantFrom('4', '51', '6011'), digits, (prefix, rest) => {
        const body = (prefix + rest.join('')).slice(0, 15);
        const number = body + checkDigit(body);
        expect(scrub(`card ${number}.`)).toBe('card [Card].');
      }),
    );
  });
});

function checkDigit(body: string): number {
  const sum = Array.from(body)
    .toReversed()
    .reduce((total, digit, index) => {
      const value = Number(digit) * (index % 2 === 0 ? 2 : 1);
      return total + (value > 9 ? value - 9 : value);
    }, 0);
  return (10 - (sum % 10)) % 10;
}
