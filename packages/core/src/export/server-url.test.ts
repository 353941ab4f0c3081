import { describe, expect, it } from 'vitest';
import { ConfigError } from '../errors.js';
import { isPrivateHost, requireServerUrl } from './server-url.js';

const rules = { option: 'x.url', hasCredential: true, allowInsecure: false };

describe('server URL', () => {
  it.each(
    (
      'localhost api.localhost 127.0.0.1 10.1.2.3 172.31.0.1 192.168.1.1 169.254.1.1 ' +
      '100.64.0.1 [::1] [fd00::1] [fe80::1] signoz-otel-collector otel.monitoring.svc nas.local ' +
      'otel.monitoring.svc.cluster.local logs.internal LOGS.INTERNAL. [::ffff:10.0.0.1]'
    ).split(' '),
  )('takes %s for private', (host) => expect(isPrivateHost(host)).toBe(true));

  it.each([
    'example.com',
    '8.8.8.8',
    '172.32.0.1',
    '[2001:db8::1]',
    'internal.example.com',
    'svc.example',
    '[::ffff:8.8.8.8]',
  ])('takes %s for public', (host) => expect(isPrivateHost(host)).toBe(false));

  it.each(['collector:4317', 'localhost', '', 'ftp://host', '//host', 'https://', undefined])('refuses %j', (text) => {
    expect(() => requireServerUrl(text as string, rules)).toThrow(
      /^x\.url must be an absolute URL with http:\/\/ or https:\/\/, got /,
    );
  });

  it('refuses plain HTTP that would carry a credential to a public host, unless allowed', () => {
    const expected = 'because the credential would go to a public host in clear';
    expect(() => requireServerUrl('http://logs.example.com', rules)).toThrow(expected);
    for (const other of [{ hasCredential: false }, { allowInsecure: true }]) {
      expect(requireServerUrl('http://logs.example.com', { ...rules, ...other }).host).toBe('logs.example.com');
    }
  });

  it.each([
    'ada:canary@host',
    'https://ada:canary@host/x',
    'http://logs.example.com/?key=canary',
    'ftp://a:canary@h',
    'https://ada:canary?x@h',
    'https://ada:canary#@h',
  ])('never repeats the credential of %s', (text) => {
    const thrown = catchError(() => requireServerUrl(text, rules));
    expect(thrown).toBeInstanceOf(ConfigError);
    expect(JSON.stringify([(thrown as Error).message, thrown])).not.toContain('canary');
  });
});

function catchError(call: () => unknown): unknown {
  try {
    return call();
  } catch (error) {
    return error;
  }
}
