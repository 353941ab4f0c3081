/** Client address: who sent the request, through as many proxies as are the application's own. */
import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { invalidOption, requireRange } from '../internal/options.js';

/** @throws {ConfigError} When the number of proxies is none. */
export function requireProxies(option: string, value: unknown): void {
  requireRange(option, value, 0, maxProxies);
  if (!Number.isInteger(value)) throw invalidOption(option, 'a whole number', value);
}

/** More stand in front of nobody's service; each is looked for in the header. */
const maxProxies = 32;

/**
 * The address that the outermost of the trusted proxies was called from. Each proxy adds the one that called it on the
 * right of `X-Forwarded-For`, so what stands further left was sent by somebody who may say anything. Where an entry is
 * missing or is no address, the last one counts that is.
 */
export function clientAddress(
  req: IncomingMessage,
  peer: string | undefined,
  trustedProxies: number,
): string | undefined {
  const { 'x-forwarded-for': given } = req.headers;
  const forwarded = typeof given === 'string' ? given : '';
  let address = peer;
  let end = forwarded.length;
  for (let hops = 0; hops < trustedProxies && end > 0; hops++) {
    const comma = forwarded.lastIndexOf(',', end - 1);
    const entry = plainAddress(forwarded.slice(comma + 1, end));
    if (!isIP(entry)) break;
    address = entry;
    end = comma;
  }
  return address;
}

/** Without the port that some proxies add, brackets around IPv6, and the prefix of IPv4 in IPv6. */
function plainAddress(entry: string): string {
  const trimmed = entry.trim();
  const [, address = trimmed] = /^\[([^\]]+)\](?::\d+)?$/.exec(trimmed) ?? /^([\d.]+):\d+$/.exec(trimmed) ?? [];
  return address.replace(/^::ffff:(?=\d+\.)/i, '');
}
