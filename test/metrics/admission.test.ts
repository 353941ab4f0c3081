/** Admission: who is shown the metrics, and what a request can say to be shown them. */
import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { createObservability } from '@throughline/core';
import { createMetricsEndpoint } from '@throughline/core/metrics';
import { Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';

describe('a reader', () => {
  /** The status for who connects from this address with these headers. */
  function statusFor(address: string | undefined, headers: Record<string, string>, token?: string): number {
    const observability = createObservability({ isolated: true, exporters: [], log: { level: 'silent' } });
    const registry = new Registry();
    const endpoint = createMetricsEndpoint({ observability, registry, ...(token && { token }) }, () => observability);
    const socket = Object.defineProperty(new Socket(), 'remoteAddress', { value: address });
    const req = Object.assign(new IncomingMessage(socket), { method: 'GET', url: '/metrics', headers });
    const res = new ServerResponse(req);
    endpoint(req, res, '/metrics');
    return res.statusCode;
  }

  it.each([
    '127.0.0.1',
    '::1',
    '::ffff:127.0.0.1',
    '10.1.2.3',
    '172.31.0.1',
    '192.168.7.7',
    'fd00::1',
    'fe80::1',
    'fe80::1%eth0',
    undefined,
  ])('from %s is answered', (address) => expect(statusFor(address, {})).toBe(200));

  it.each(['203.0.113.7', '::ffff:203.0.113.7', '172.32.0.1', '2001:db8::1'])(
    'from %s is not, whatever it says',
    (address) => {
      expect(statusFor(address, {})).toBe(403);
      for (const name of [
        'x-forwarded-for',
        'forwarded',
        'x-real-ip',
        'via',
        'client-ip',
        'host',
        'x-cluster-client-ip',
      ])
        expect(statusFor(address, { [name]: '127.0.0.1' })).toBe(403);
    },
  );

  it.each(['x-forwarded-for', 'forwarded', 'via', 'x-real-ip', 'x-forwarded-host'])(
    'behind a proxy that says so with %s is not',
    (name) => {
      expect(statusFor('127.0.0.1', { [name]: '10.0.0.1' })).toBe(403);
    },
  );

  it('with the token is answered from anywhere, without it from nowhere', () => {
    const token = 'a-token-of-32-characters-or-more';
    expect(statusFor('203.0.113.7', { authorization: `Bearer ${token}` }, token)).toBe(200);
    expect(statusFor('203.0.113.7', { authorization: `bearer ${token}` }, token)).toBe(200);
    for (const authorization of [
      '',
      'Bearer',
      'Bearer a-token-of-32-characters-or-mor',
      `Bearer ${token}n`,
      `Basic ${token}`,
      token,
    ])
      expect(statusFor('127.0.0.1', { authorization }, token)).toBe(401);
  });
});
