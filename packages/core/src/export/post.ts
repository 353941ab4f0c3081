/** POST: the transport of batches over HTTP, on one kept connection. */
import type { Clock } from '../internal/clock.js';
import type { Destination } from './destination.js';
import { HttpAttempt } from './http-attempt.js';
import { readProxyVariables } from './proxy-environment.js';
import { createRoute, type Route } from './route.js';
import type { Transport } from './transport.js';

/**
 * Makes a transport over `node:http` with a connection of its own, through the proxy that the environment names when it
 * is made. Certificates are verified whatever the environment says.
 */
export function createHttpTransport(
  clock: Clock,
  { compression = 'none', tls }: Pick<Destination, 'compression' | 'tls'> = {},
): Transport {
  const chooseProxy = readProxyVariables(process.env);
  let route: Route | undefined;
  let origin: string | undefined;
  const routeTo = (url: URL): Route => {
    if (route === undefined || origin !== url.origin) {
      route?.close();
      route = createRoute(url, chooseProxy(url), tls);
      origin = url.origin;
    }
    return route;
  };
  return {
    send: (request, timeoutMs) => new HttpAttempt(request, { clock, timeoutMs, compression, routeTo }),
    close() {
      route?.close();
      route = undefined;
    },
  };
}
