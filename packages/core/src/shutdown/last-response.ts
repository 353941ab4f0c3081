/** Last response: the one after which a connection is closed, as `Connection: close` tells the client. */
import type { ServerResponse } from 'node:http';
import { withHeaderForGood } from '../http/response-head.js';

type WriteHead = (this: ServerResponse, ...args: unknown[]) => ServerResponse;

/**
 * Sends `Connection: close` with the response if it is the last one when its head is written; Node closes then.
 *
 * @param onLast Called when it is.
 */
export function closeAfter(res: ServerResponse, isLast: () => boolean, onLast: () => void): void {
  // oxlint-disable-next-line unbound-method -- called with its response as `this` below
  const writeHead = res.writeHead as WriteHead;
  res.writeHead = function writeLastHead(this: ServerResponse, ...args: unknown[]) {
    if (this.headersSent || !isLast()) return writeHead.apply(this, args);
    onLast();
    return writeHead.apply(this, withHeaderForGood(this, 'Connection', 'close', args));
  } as typeof res.writeHead;
}
