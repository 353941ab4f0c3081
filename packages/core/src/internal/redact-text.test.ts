import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { processorMs } from '../../testing/processor-time.js';
import { redactText } from './redact-text.js';
import { createRedactor } from './redact.js';

const redactor = createRedactor();
const cleaned = (text: string): string => redactText(text, (name) => redactor.isSensitive(name));

describe('redacted text', () => {
  it('hides secrets of objects as Node prints them', () => {
    const printed = inspect({ db: { password: "it's canary", user: 'ada' }, 'x-api-key': 'canary', token: 'canary' });
    expect(cleaned(`bad config ${printed}`)).toBe(
      `bad config {\n  db: { password: "[Redacted]", user: 'ada' },\n  'x-api-key': "[Redacted]",\n  token: "[Redacted]"\n}`,
    );
  });

  it('hides secrets of JSON within JSON', () => {
    const once = JSON.stringify({ user: 'ada', password: 'a "canary" b', pin: 4711 });
    for (const text of [{ once }, { twice: JSON.stringify({ once }) }].map((value) => JSON.stringify(value))) {
      expect(cleaned(text)).toContain('ada');
      expect(cleaned(text)).not.toMatch(/canary|4711/);
    }
  });

  it('hides what stands in quotes as a whole', () => {
    expect(cleaned('open \'token=canary\' and ["/x?pin=canary"]')).toBe(
      'open \'token=[Redacted]\' and ["/x?pin=[Redacted]"]',
    );
  });

  it('hides secrets that stand in a value which may be seen: in a URL, and behind a comma', () => {
    expect(cleaned('next=/x?token=canary&page=2')).toBe('next=/x?token=[Redacted]&page=2');
    expect(cleaned('cache:6380,ssl=True,password=canary,canary=')).toBe('cache:6380,ssl=True,password=[Redacted]');
    expect(cleaned(String(['page=7', 'pin=canary', ['size=9']]))).toBe('page=7,pin=[Redacted]');
  });

  it('leaves alone what was hidden before', () => {
    const text = `{ token: '[Redacted]', 'x-api-key': '[Redacted]' } {"pin":"[Redacted]"}`;
    expect(cleaned(text)).toBe(text);
  });

  it('hides secrets of a dumped head', () => {
    expect(cleaned('POST /x HTTP/1.1\r\nHost: a\r\nX-Api-Key: canary\r\nCookie: a=canary; b=canary\r\n\r\n')).toBe(
      'POST /x HTTP/1.1\r\nHost: a\r\nX-Api-Key: [Redacted]\r\nCookie: [Redacted]\r\n\r\n',
    );
  });

  it.each(['InvalidToken: jwt malformed\n    at verify (src/a.ts:1:2)', "user: 'ada', id: 7", 'C:\\new\\"x'])(
    'leaves %j alone',
    (text) => expect(cleaned(text)).toBe(text),
  );

  it.each(['\\', '\\"', '\\"a\\":', '\\"a\\":\\"', 'a: ', "a: '", '\r\n', '\r\na', '\r\ncookie: ', "'a':"])(
    'takes linear time on endless %j',
    (piece) => {
      const text = piece.repeat(Math.floor(200_000 / piece.length));
      expect(processorMs(() => [text, `${text}\r\n\\": '`].map(cleaned))).toBeLessThan(500);
    },
  );
});
