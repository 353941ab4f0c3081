/** Request id: what is accepted as one, and a fresh one. */
import { randomUUID } from 'node:crypto';

/** Printable, short, free of quotes and separators: safe in a header, a log line, a URL and a shell. */
const safeRequestId = /^[A-Za-z0-9._\-:+/=@]{1,128}$/;

export function isSafeRequestId(value: unknown): value is string {
  return typeof value === 'string' && safeRequestId.test(value);
}

/** A random UUID, version 4. */
export function newRequestId(): string {
  return randomUUID();
}
