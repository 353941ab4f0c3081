/** Health access: who may see the details of health, beyond the words that all may see. */
import type { IncomingMessage } from 'node:http';
import { createTokenCheck } from './bearer-token.js';
import { isForwarded } from './forwarding.js';

/** Whether a request may see details. */
export type HealthAccess = (req: IncomingMessage) => boolean;

/**
 * Lets those see details who send the token, and those on this machine, known by the address of their socket.
 *
 * @throws {ConfigError} When the token cannot be used.
 */
export function createHealthAccess(token: string | undefined): HealthAccess {
  const hasToken = token === undefined ? () => false : createTokenCheck('health.token', token);
  return (req) => isOnLoopback(req) || hasToken(req);
}

function isOnLoopback(req: IncomingMessage): boolean {
  const { remoteAddress = '' } = req.socket;
  return /^(::1|(::ffff:)?127\.\d+\.\d+\.\d+)$/.test(remoteAddress) && !isForwarded(req);
}
