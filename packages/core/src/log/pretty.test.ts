import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { prettyStream } from './pretty.js';

function pretty(fields: object): string {
  let written = '';
  prettyStream({ isTTY: false, write: (text: string) => (written += text) })?.write(
    `${JSON.stringify({ level: 'info', time: '2026-11-20T10:30:45.123Z', ...fields })}\n`,
  );
  return written;
}

describe('a pretty line', () => {
  it('is the message with its fields, on one line', () => {
    expect(pretty({ msg: 'order placed', request_id: 'r-1' })).toMatch(/INFO.*order placed {"request_id":"r-1"}\n$/);
  });

  it('shows control characters instead of sending them to the terminal', () => {
    const text = pretty({
      msg: 'a\u001b[2Jb\nforged line\r\u009b',
      path: '/%0a\u0007',
      nested: { 'key\u001b': ['\u0000'] },
    });
    expect(text).toContain('a\\u001b[2Jb\\u000aforged line\\u000d\\u009b');
    expectHarmless(text);
  });

  it('keeps the lines of a stack', () => {
    expect(pretty({ msg: 'x', err: { type: 'Error', message: 'a\nb', stack: 'Error: a\n    at b' } })).toMatch(
      /Error: a\n\s+at b/,
    );
  });

  it('is harmless whatever is on it', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }),
        fc.dictionary(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' })),
        (msg, fields) => expectHarmless(pretty({ ...fields, msg })),
      ),
    );
  });
});

function expectHarmless(text: string): void {
  // oxlint-disable-next-line no-control-regex -- control characters are what must not be there
  expect(text).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/);
}
