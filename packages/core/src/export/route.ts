/** Route: the connection on which requests reach a server, straight or through a proxy. */
import { Agent as HttpAgent, request as requestHttp, type ClientRequest } from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';
import type { TlsOptions } from './destination.js';
import type { ProxyChoice, ProxyServer } from './proxy-environment.js';
import { ProxyError, TunnelAgent } from './tunnel.js';

type Headers = Readonly<Record<string, string | number>>;

export interface Route {
  /** Begins a POST; may throw. */
  open(url: URL, headers: Headers): ClientRequest;
  /** Whether the status comes from the proxy and says nothing of the server. */
  isOwnRefusal(status: number): boolean;
  /** Gives up connections that are being made. */
  cancel(): void;
  close(): void;
}

const agentOptions = { keepAlive: true, maxSockets: 1, maxFreeSockets: 1 };

/** Stated, since `NODE_TLS_REJECT_UNAUTHORIZED` and `--tls-min-v1.0` would loosen what is left to Node. */
const verified = { rejectUnauthorized: true, minVersion: 'TLSv1.2' } as const;

/** Makes the route to a server; one to which no way leads throws when it is opened. */
export function createRoute(server: URL, choice: ProxyChoice, tls: TlsOptions = {}): Route {
  const isSecure = server.protocol === 'https:';
  if (choice.kind === 'unusable') return closedRoute(choice.message);
  if (choice.kind === 'proxy') return isSecure ? tunnelledRoute(choice.server, tls) : forwardedRoute(choice.server);
  const agent = isSecure ? new HttpsAgent({ ...agentOptions, ...tls, ...verified }) : new HttpAgent(agentOptions);
  const send = isSecure ? requestHttps : requestHttp;
  return {
    open: (url, headers) => send(url, { method: 'POST', agent, headers }),
    isOwnRefusal: () => false,
    cancel: () => undefined,
    close: () => agent.destroy(),
  };
}

function tunnelledRoute(proxy: ProxyServer, tls: TlsOptions): Route {
  const agent = new TunnelAgent(proxy, { ...agentOptions, ...tls, ...verified });
  return {
    open: (url, headers) => requestHttps(url, { method: 'POST', agent, headers }),
    isOwnRefusal: () => false,
    cancel: () => agent.cancel(),
    close: () => agent.destroy(),
  };
}

/** In clear, the proxy is sent the whole URL: RFC 9112, 3.2.2. */
function forwardedRoute({ url: proxy, headers: ours }: ProxyServer): Route {
  const isSecure = proxy.protocol === 'https:';
  const agent = isSecure ? new HttpsAgent({ ...agentOptions, ...verified }) : new HttpAgent(agentOptions);
  const send = isSecure ? requestHttps : requestHttp;
  return {
    open: (url, headers) =>
      send(proxy, { method: 'POST', agent, path: url.href, headers: { host: url.host, ...headers, ...ours } }),
    isOwnRefusal: (status) => status === 407,
    cancel: () => undefined,
    close: () => agent.destroy(),
  };
}

function closedRoute(message: string): Route {
  return {
    open() {
      throw new ProxyError('PROXY_UNUSABLE', message);
    },
    isOwnRefusal: () => false,
    cancel: () => undefined,
    close: () => undefined,
  };
}
