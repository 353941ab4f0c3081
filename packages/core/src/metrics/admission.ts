/** Admission: who may read the metrics, told by what no header can say. */
import type { IncomingMessage } from 'node:http';
import { createTokenCheck } from '../http/bearer-token.js';
import { isForwarded } from '../http/forwarding.js';
import { isPrivateAddress } from '../internal/private-address.js';

/** Status and sentence for who is turned away; `undefined` for who may come in. */
export type Admission = (req: IncomingMessage) => { readonly status: 401 | 403; readonly reason: string } | undefined;

/**
 * With a token everybody needs it: behind a proxy on the same host the whole world has a loopback address. Without one,
 * the address of the connection decides, and what a proxy has passed on is not admitted.
 *
 * @throws {ConfigError} When the token cannot be used.
 */
export function createAdmission(token: string | undefined): Admission {
  if (token === undefined) return admitNeighbours;
  const hasToken = createTokenCheck('metrics.token', token);
  return (req) => (hasToken(req) ? undefined : { status: 401, reason: 'metrics want the token as a bearer token' });
}

/** A connection over a Unix domain socket has no address: it comes from this machine. */
const admitNeighbours: Admission = (req) => {
  const address = req.socket.remoteAddress?.replace(/^::ffff:/, '');
  if (address !== undefined && !isPrivateAddress(address))
    return { status: 403, reason: 'metrics are for private addresses; set a token to read them from elsewhere' };
  if (!isForwarded(req)) return undefined;
  return { status: 403, reason: 'metrics do not pass a proxy; set a token to read them through one' };
};
