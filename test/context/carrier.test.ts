import { extractContext, getContext, injectContext, runWithContext } from '@throughline/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const traceparent = '00-5b8efff798038103d269b633813fc60c-eee19b7ec3c1b174-01';

describe('injectContext', () => {
  it('adds the request id and the inbound trace to plain headers', () => {
    const headers = runWithContext({ requestId: 'r-1', traceparent, tracestate: 'vendor=1' }, () =>
      injectContext({ accept: '*/*' }),
    );
    expect(headers).toEqual({ accept: '*/*', 'x-request-id': 'r-1', traceparent, tracestate: 'vendor=1' });
  });

  it('adds to fetch Headers', () => {
    const headers = runWithContext({ requestId: 'r-1' }, () => injectContext(new Headers()));
    expect(headers.get('x-request-id')).toBe('r-1');
  });

  it('leaves a header that the caller set, in whatever case', () => {
    const given = { 'X-REQUEST-ID': 'mine', Traceparent: 'mine too' };
    expect(runWithContext({ requestId: 'r-1', traceparent }, () => injectContext({ ...given }))).toEqual(given);
  });

  it.each([
    ['a line break', 'a=1\r\nx-forged: 1'],
    ['a character beyond latin-1', 'a=\u20ac'],
    ['more than 512 characters', 'a'.repeat(513)],
    ['nothing', ''],
  ])('leaves out a tracestate with %s: it would make the call fail', (_, tracestate) => {
    const carrier = extractContext({ traceparent, tracestate });
    const headers = runWithContext(carrier, () => injectContext({}));
    expect(headers).toEqual({ 'x-request-id': expect.any(String), traceparent });
  });

  it('adds nothing outside a context', () => {
    expect(injectContext({})).toEqual({});
  });
});

describe('extractContext', () => {
  it('reads texts, lists, buffers and Headers', () => {
    const seed = { requestId: 'r-1', traceparent };
    expect(extractContext({ 'x-request-id': 'r-1', traceparent })).toMatchObject(seed);
    expect(extractContext({ 'X-Request-Id': ['r-1'], traceparent: Buffer.from(traceparent) })).toMatchObject(seed);
    expect(extractContext(new Headers({ 'x-request-id': 'r-1', traceparent }))).toMatchObject(seed);
  });

  it('leaves out what is missing, unsafe or malformed', () => {
    expect(extractContext(undefined)).toEqual({});
    expect(extractContext({ 'x-request-id': 'a b', traceparent: 'garbage' })).toEqual({});
  });

  it('gives back any context that was injected', () => {
    const hex = (length: number) =>
      fc
        .string({ unit: fc.constantFrom(...'0123456789abcdef'.split('')), minLength: length, maxLength: length })
        .filter((text) => /[^0]/.test(text));
    const safeId = fc.stringMatching(/^[A-Za-z0-9._\-:+/=@]{1,128}$/);
    fc.assert(
      fc.property(safeId, hex(32), hex(16), (requestId, traceId, spanId) => {
        const carried = runWithContext({ requestId, traceparent: `00-${traceId}-${spanId}-00` }, () =>
          injectContext({}),
        );
        runWithContext(extractContext(carried), () =>
          expect(getContext()).toMatchObject({ requestId, traceId, spanId }),
        );
      }),
    );
  });

  it('never throws, whatever the headers hold', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.anything({ withNullPrototype: true })),
        (headers) => void extractContext({ ...headers, 'x-request-id': headers['a'] }),
      ),
    );
  });
});
