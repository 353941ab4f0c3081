/** TLS options: certificates and keys, tried out when they are given and not when the first error has to leave. */
import { X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import { invalidOption, requireObject } from '../internal/options.js';
import type { TlsOptions } from './destination.js';

/** Refuses what is no PEM text, and a certificate without its key; shows nothing of them. */
export function requireTls(option: string, tls: TlsOptions): void {
  requireObject(option, tls);
  if ((tls.cert === undefined) !== (tls.key === undefined)) {
    throw invalidOption(option, "given with both 'cert' and 'key', or neither", tls.key === undefined ? 'cert' : 'key');
  }
  for (const name of ['ca', 'cert', 'key'] as const) {
    const text = tls[name];
    if (text !== undefined && !/-----BEGIN [A-Z0-9 ]+-----/.test(text)) {
      throw invalidOption(`${option}.${name}`, 'a PEM text', '[Redacted]');
    }
  }
  try {
    // A context says nothing of an authority that it cannot read.
    if (tls.ca !== undefined) new X509Certificate(tls.ca);
    createSecureContext(tls);
  } catch {
    throw invalidOption(option, 'PEM texts of certificates and of the key that belongs to them', '[Redacted]');
  }
}
