/** Forwarding: whether a request says that a proxy speaks for somebody else, whose address the connection has not. */
import type { IncomingMessage } from 'node:http';

const forwardingHeaders = ['forwarded', 'via', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip'];

export function isForwarded({ headers }: IncomingMessage): boolean {
  return forwardingHeaders.some((name) => name in headers);
}
