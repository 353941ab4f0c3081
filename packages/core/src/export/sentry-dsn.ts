/** Sentry DSN: the address of a project, and the public key that lets events in. */
import { invalidOption } from '../internal/options.js';
import { requireServerUrl } from './server-url.js';

export interface SentryProject {
  /** Where envelopes are posted to; the key is not in it. */
  readonly endpoint: string;
  readonly publicKey: string;
}

/**
 * Reads a DSN, `https://KEY@HOST/PROJECT`: https://develop.sentry.dev/sdk/foundations/transport/authentication/
 *
 * @throws {ConfigError} When it is none, or would carry the key in clear to a public host.
 */
export function requireDsn(dsn: unknown, allowInsecure: boolean): SentryProject {
  const url = typeof dsn === 'string' && URL.canParse(dsn) ? new URL(dsn) : undefined;
  // A server of one's own may lie under a path; the project is the last part of it.
  const [, prefix = '', project] = /^(.*)\/(\d+)\/?$/.exec(url?.pathname ?? '') ?? [];
  if (url === undefined || project === undefined || !/^\w+$/.test(url.username)) {
    throw invalidOption('sentry.dsn', "a DSN, 'https://KEY@HOST/PROJECT'", '[Redacted]');
  }
  const rules = { option: 'sentry.dsn', hasCredential: true, allowInsecure };
  const { origin } = requireServerUrl(`${url.protocol}//${url.host}`, rules);
  return { endpoint: `${origin}${prefix}/api/${project}/envelope/`, publicKey: url.username };
}
