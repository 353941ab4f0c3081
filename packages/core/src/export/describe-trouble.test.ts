import { describe, expect, it } from 'vitest';
import { createRedactor } from '../internal/redact.js';
import { describeTrouble } from './describe-trouble.js';
import { createScrub } from './scrub.js';

const request = { url: 'https://x', headers: { 'x-tenant-key': 'canary-1', 'x-n': 'short' }, body: '' };
const scrub = createScrub(createRedactor());

function described(status: number, body: string, verdict: Parameters<typeof describeTrouble>[1]): string | undefined {
  return describeTrouble({ kind: 'answer', answer: { status, headers: {}, body } }, verdict, request, scrub)?.message;
}

describe('described trouble', () => {
  it('hides the values of our headers, and what looks like a credential', () => {
    expect(described(400, 'no canary-1\nfor ada@example.com, a short one', { kind: 'rejected', separable: true })).toBe(
      'refused errors with HTTP 400: no [Redacted] for [E-mail], a short one',
    );
  });

  it.each(['Basic {}', '{}', 'user ada, password canary-2 is wrong'])(
    'hides a credential that comes back as %j',
    (echo) => {
      const credential = Buffer.from('ada:canary-2').toString('base64');
      const sent = { ...request, headers: { authorization: `Basic ${credential}` } };
      const answer = { status: 400, headers: {}, body: `bad ${echo.replace('{}', credential)}` };
      const verdict = { kind: 'rejected', separable: true } as const;
      const said = describeTrouble({ kind: 'answer', answer }, verdict, sent, scrub)?.message;
      expect(said).not.toMatch(/canary-2|YWRhO/);
    },
  );

  it('hides a credential that we send under a name, without the name', () => {
    const sent = { ...request, headers: { 'x-sentry-auth': 'Sentry sentry_version=7, sentry_key=canary3' } };
    const answer = { status: 403, headers: {}, body: 'no project has the key canary3' };
    const verdict = { kind: 'rejected', separable: false } as const;
    const said = describeTrouble({ kind: 'answer', answer }, verdict, sent, scrub)?.message;
    expect(said).toBe('refused errors with HTTP 403: no project has the key [Redacted]');
  });

  it('says where to look first when the address is wrong', () => {
    expect(described(404, '', { kind: 'rejected', separable: false })).toBe(
      'refused errors with HTTP 404; check the URL',
    );
  });

  it('tells a warning from a refusal, when all is stored', () => {
    const partial = { kind: 'partial', rejected: 0, unconfirmed: 0, detail: 'use another endpoint' } as const;
    expect(described(200, '', partial)).toBe('took all errors of a batch, with a warning: use another endpoint');
    expect(described(200, '', { ...partial, rejected: 1 })).toBe(
      'did not confirm all errors of a batch: use another endpoint',
    );
    const outcome = { kind: 'answer', answer: { status: 200, headers: {}, body: '' } } as const;
    expect(describeTrouble(outcome, partial, request, scrub)?.code).toBe('WARNING');
  });

  it('says that a refusal in part is not sent again', () => {
    expect(described(400, 'entry too far behind', { kind: 'unknown' })).toBe(
      'refused errors with HTTP 400: entry too far behind; what it may have stored of them is not sent again',
    );
  });

  it('keeps a page to a line', () => {
    expect(described(502, `<html>${'x'.repeat(10_000)}`, { kind: 'retry' })?.length).toBeLessThan(300);
  });

  it('tells a failure by its own code', () => {
    const outcome = { kind: 'failure', code: 'ECONNREFUSED', message: 'connect ECONNREFUSED 10.0.0.1:80' } as const;
    expect(describeTrouble(outcome, { kind: 'retry' }, request, scrub)).toEqual({
      code: 'ECONNREFUSED',
      message: 'connect ECONNREFUSED 10.0.0.1:80; errors are kept',
    });
  });

  it('says nothing when all is well', () => {
    expect(described(200, '', { kind: 'accepted' })).toBeUndefined();
  });
});
