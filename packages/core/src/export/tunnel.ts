/** Tunnel: TLS connections to a server through a proxy, which cannot read along. */
import { request as requestHttp, type ClientRequest } from 'node:http';
import { Agent, request as requestHttps, type AgentOptions, type RequestOptions } from 'node:https';
import { isIPv6 } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect, type ConnectionOptions } from 'node:tls';
import type { ProxyServer } from './proxy-environment.js';
import { suppressTracing } from './suppress-tracing.js';
import { letProcessEnd } from './unheld-socket.js';

/** Trouble on the way to a server, told apart from the server's own. */
export class ProxyError extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

type Connected = (error: Error | null, stream: Duplex) => void;

/** Node's types ask for a stream even where there is none. */
const noStream = undefined as never;

/** Connects as `node:https` does, but asks the proxy to `CONNECT` first: RFC 9110, 9.3.6. */
export class TunnelAgent extends Agent {
  readonly #proxy: ProxyServer;
  readonly #asking = new Set<ClientRequest>();

  constructor(proxy: ProxyServer, options: AgentOptions) {
    super(options);
    this.#proxy = proxy;
  }

  override createConnection(options: RequestOptions, callback?: Connected): undefined {
    suppressTracing(() => this.#ask(options, callback ?? (() => undefined)));
  }

  /** Gives up what the proxy was asked for and did not grant yet. */
  cancel(): void {
    for (const asking of this.#asking) asking.destroy();
  }

  #ask(options: RequestOptions, done: Connected): void {
    const { url, headers } = this.#proxy;
    const host = options.host ?? '';
    const authority = `${isIPv6(host) ? `[${host}]` : host}:${options.port}`;
    const send = url.protocol === 'https:' ? requestHttps : requestHttp;
    const asking = send(url, {
      ...this.#ownTls(),
      method: 'CONNECT',
      path: authority,
      headers: { host: authority, ...headers },
      agent: false,
    });
    this.#asking.add(asking);
    asking.on('socket', letProcessEnd);
    asking.on('close', () => this.#asking.delete(asking));
    asking.on('error', (error: NodeJS.ErrnoException) =>
      done(new ProxyError(error.code ?? 'PROXY_FAILED', `the proxy cannot be reached: ${error.message}`), noStream),
    );
    asking.on('connect', ({ statusCode = 0 }, socket) => {
      if (statusCode >= 200 && statusCode < 300) return done(null, secure(options, socket));
      socket.destroy();
      done(new ProxyError(`PROXY_${statusCode}`, `the proxy refused the connection with HTTP ${statusCode}`), noStream);
    });
    asking.end();
  }

  /** A proxy is verified by the authorities of the process; those of the destination vouch for the destination only. */
  #ownTls(): RequestOptions {
    return { rejectUnauthorized: true, minVersion: 'TLSv1.2' };
  }
}

/** Speaks TLS to the server over what leads to it; the path is that of the request, not of a socket. */
function secure(options: RequestOptions, socket: Duplex): Duplex {
  const { path: _, ...rest } = options as ConnectionOptions;
  return connect({ ...rest, socket });
}
