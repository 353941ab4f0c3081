/** Health access: who may see the details of health, beyond the words that all may see. */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { invalidOption } from '../internal/options.js';

/** Whether a request may see details. */
export type HealthAccess = (req: IncomingMessage) => boolean;

/** The shortest token: less could be guessed. */
const minTokenLength = 16;

/** Headers by which a proxy on this machine says that it speaks for somebody else. */
const forwardingHeaders = ['forwarded', 'via', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip'];

/**
 * Lets those see details who send the token, and those on this machine, known by the address of their socket.
 *
 * @throws {ConfigError} When the token is too short, or no text.
 */
export function createHealthAccess(token: string | undefined): HealthAccess {
  if (token !== undefined && (typeof token !== 'string' || token.length < minTokenLength))
    throw invalidOption('health.token', `a text of at least ${minTokenLength} characters`, typeof token);
  const expected = token === undefined ? undefined : digest(token);
  return (req) => isOnLoopback(req) || (expected !== undefined && isEqual(bearerOf(req), expected));
}

function isOnLoopback({ socket: { remoteAddress = '' }, headers }: IncomingMessage): boolean {
  return (
    /^(::1|(::ffff:)?127\.\d+\.\d+\.\d+)$/.test(remoteAddress) && !forwardingHeaders.some((name) => name in headers)
  );
}

function bearerOf({ headers: { authorization = '' } }: IncomingMessage): string {
  return /^Bearer +(\S+)\s*$/i.exec(authorization)?.[1] ?? '';
}

/** Digests have one length, whatever is sent, and are compared in the same time wherever they differ. */
function isEqual(given: string, expected: Buffer): boolean {
  return timingSafeEqual(digest(given), expected);
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
