/** Bearer token: whether a request carries the one that an option names, told in a time that says nothing about it. */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { invalidOption } from '../internal/options.js';

/** The shortest token: less could be guessed. */
const minTokenLength = 16;

/**
 * @param option Its name, such as `health.token`.
 * @throws {ConfigError} When the token is too short, or could not be sent: one read from a file may end in a line break.
 */
export function createTokenCheck(option: string, token: string): (req: IncomingMessage) => boolean {
  if (typeof token !== 'string' || token.length < minTokenLength || /\s/.test(token)) {
    const received = typeof token === 'string' ? `${token.length} characters` : typeof token;
    throw invalidOption(option, `a text of at least ${minTokenLength} characters without spaces`, received);
  }
  const expected = digest(token);
  return ({ headers: { authorization = '' } }) => timingSafeEqual(digest(tokenIn(authorization)), expected);
}

function tokenIn(authorization: string): string {
  return /^Bearer +(\S+)\s*$/i.exec(authorization)?.[1] ?? '';
}

/** Digests have one length, whatever is sent, and are compared in the same time wherever they differ. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
