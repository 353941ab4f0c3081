import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import { createHealthAccess } from './health-access.js';

const token = 'a-token-of-32-characters-or-more';

function requestFrom(remoteAddress: string | undefined, headers: Record<string, string> = {}): IncomingMessage {
  return { socket: { remoteAddress }, headers } as unknown as IncomingMessage;
}

describe('access to the details of health', () => {
  it.each(['127.0.0.1', '127.8.9.10', '::1', '::ffff:127.0.0.1'])('is open to this machine, at %s', (address) => {
    expect(createHealthAccess(undefined)(requestFrom(address))).toBe(true);
  });

  it.each(['10.0.0.1', '128.0.0.1', '::ffff:10.0.0.1', '::2', '2001:db8::1', '1127.0.0.1', '', undefined])(
    'is closed to %s',
    (address) => {
      expect(createHealthAccess(token)(requestFrom(address))).toBe(false);
    },
  );

  it.each(['x-forwarded-for', 'forwarded', 'via', 'x-real-ip', 'x-forwarded-host'])(
    'is closed to a proxy on this machine that says %s, even when it names this machine',
    (header) => {
      expect(createHealthAccess(token)(requestFrom('127.0.0.1', { [header]: '127.0.0.1' }))).toBe(false);
    },
  );

  it('is open to the token from anywhere, and closed to its absence', () => {
    const mayHaveDetails = createHealthAccess(token);
    expect(mayHaveDetails(requestFrom('10.0.0.1', { authorization: `Bearer ${token}` }))).toBe(true);
    expect(mayHaveDetails(requestFrom('10.0.0.1', { authorization: 'Bearer undefined' }))).toBe(false);
    expect(createHealthAccess(undefined)(requestFrom('10.0.0.1', { authorization: 'Bearer undefined' }))).toBe(false);
    expect(createHealthAccess(undefined)(requestFrom('10.0.0.1', { authorization: 'Bearer ' }))).toBe(false);
  });

  it('says how long a token is that it refuses', () => {
    expect(() => createHealthAccess('fifteen-letters')).toThrow('got "15 characters"');
  });

  it.each([[''], ['fifteen-letters'], [42], [null]])('refuses %j as a token, without showing it', (given) => {
    const attempt = (): unknown => createHealthAccess(given as string);
    expect(attempt).toThrow(expect.objectContaining({ code: 'INVALID_OPTION', option: 'health.token' }));
    expect(attempt).toThrow(expect.objectContaining({ message: expect.not.stringContaining('fifteen') }));
  });
});
