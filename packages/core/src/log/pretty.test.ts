import fc from 'fast-check';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { prettyStream } from './pretty.js';

function pretty(fields: object, isTTY = false): string {
  let written = '';
  prettyStream({ isTTY, write: (text: string) => (written += text) })?.write(
    `${JSON.stringify({ level: 'info', time: '2026-11-20T10:30:45.123Z', ...fields })}\n`,
  );
  return written;
}

describe('a pretty line', () => {
  it('is the message with its fields, on one line', () => {
    expect(pretty({ msg: 'order placed', order_id: 7 })).toMatch(/INFO: order placed {"order_id":7}\n$/);
  });

  it('begins with the end of the request id and the name of the logger', () => {
    const request_id = '0190b7a0-1f7c-7d3e-9a55-3f1a8f6dd0c1';
    expect(pretty({ msg: 'order placed', logger: 'orders', request_id })).toMatch(
      /INFO: 8f6dd0c1 orders: order placed\n$/,
    );
    expect(pretty({ msg: 'paid', request_id: 'r-1' })).toMatch(/INFO: r-1 {6}paid\n$/);
    expect(pretty({ request_id: 'r-1', status: 200 })).toMatch(/r-1 .*{"status":200}\n$/);
  });

  it('has one colour for one request on a terminal, and others for others', () => {
    vi.stubEnv('NO_COLOR', undefined);
    onTestFinished(() => void vi.unstubAllEnvs());
    const colourOf = (request_id: string): string | undefined =>
      // oxlint-disable-next-line no-control-regex -- a colour begins with one
      /\u001b\[38;5;(\d+)m/.exec(pretty({ msg: 'a', request_id }, true))?.[1];
    const ids = Array.from({ length: 50 }, (_, index) => `request-${index}`);
    expect(ids.map(colourOf)).toEqual(ids.map(colourOf));
    expect(new Set(ids.map(colourOf)).size).toBeGreaterThan(6);
    vi.stubEnv('NO_COLOR', '1');
    expect(colourOf('request-1')).toBeUndefined();
  });

  it('shows control characters instead of sending them to the terminal', () => {
    const text = pretty({
      msg: 'a\u001b[2Jb\nforged line\r\u009b',
      path: '/%0a\u0007',
      request_id: 'r\u001b[31m',
      logger: 'a\nb',
      nested: { 'key\u001b': ['\u0000'] },
    });
    expect(text).toContain('a\\u001b[2Jb\\u000aforged line\\u000d\\u009b');
    expectHarmless(text);
  });

  it('shows marks that would turn a text around', () => {
    const text = pretty({ msg: 'paid \u202e001 by \u2066ada\u2069', path: '/\u200f' });
    expect(text).toContain('paid \\u202e001 by \\u2066ada\\u2069');
    // oxlint-disable-next-line no-misleading-character-class -- marks that stand alone
    expect(text).not.toMatch(/[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/);
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
