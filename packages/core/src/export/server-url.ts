/** Server URL: the address of a destination, refused when it is malformed or would carry a credential in clear. */
import { isIP } from 'node:net';
import { invalidOption } from '../internal/options.js';
import { isPrivateAddress } from '../internal/private-address.js';

const privateEndings = ['.svc', '.local', '.internal', '.localhost'];

/** Whether the host is this machine, a private address or a name of a cluster or local network. */
export function isPrivateHost(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$|\.$/g, '').toLowerCase();
  if (isIP(host) !== 0) return isPrivateAddress(host);
  return !host.includes('.') || privateEndings.some((ending) => host.endsWith(ending));
}

export interface ServerUrlRules {
  /** Path of the option, for the error. */
  readonly option: string;
  /** Whether requests carry a credential. */
  readonly hasCredential: boolean;
  /** Whether plain HTTP may carry it to a public host all the same. */
  readonly allowInsecure: boolean;
}

/**
 * Reads the URL of a server.
 *
 * @throws {ConfigError} When it is not an absolute HTTP URL, holds a credential, or would send one in clear to a public host.
 */
export function requireServerUrl(text: string, { option, hasCredential, allowInsecure }: ServerUrlRules): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') {
    throw invalidOption(option, 'an absolute URL with http:// or https://', withoutSecrets(text));
  }
  if (url.username !== '' || url.password !== '') {
    throw invalidOption(option, 'a URL without user and password', withoutSecrets(text));
  }
  if (url.protocol === 'http:' && hasCredential && !allowInsecure && !isPrivateHost(url.hostname)) {
    const expected =
      'an https:// URL, because the credential would go to a public host in clear (allowInsecure permits it)';
    throw invalidOption(option, expected, withoutSecrets(text));
  }
  return url;
}

/** The text up to where a URL may hold secrets: nothing before an `@`, nothing after a `?`, little when a password has one of both. */
function withoutSecrets(text: unknown): unknown {
  if (typeof text !== 'string') return text;
  const place = text.replace(/[?#][\s\S]*$/, '');
  const mayBeCut = !place.includes('@') && text.includes('@');
  return mayBeCut ? place.replace(/:[^/][\s\S]*$/, '') : place.replace(/^(\w+:\/\/)?[\s\S]*@/, '$1');
}
