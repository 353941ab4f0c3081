/** Cell: one framework on one platform, as the contract suite sees it. */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import type { Logger, Observability } from '@throughline/core';
import type { HealthOptions, RequestContextOptions } from '@throughline/core/adapter';
import type { MetricsOptions } from '@throughline/core/metrics';

/** What a host hands to a handler of the suite: the request and its response, whatever the framework calls them. */
export interface Exchange {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  /** What the path's placeholders stood for. */
  readonly params: Readonly<Record<string, string>>;
  /** What the framework's body parser made of the body. */
  readonly body: unknown;
  /** The logger that the framework's own request has: `req.log`, `ctx.log`. */
  readonly log: Logger;
  /** Leaves the user where authentication of this framework leaves it. */
  signIn(user: unknown): void;
}

/** What a handler wants to be answered, by the framework's own means. */
export interface Answer {
  /** @default 200 */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** An object is sent as JSON, a stream is piped, nothing is an empty body. */
  readonly body?: string | object | Readable;
}

export interface Route {
  readonly method: 'get' | 'post';
  /** Template, such as `/orders/:id`. */
  readonly path: string;
  readonly answer: (exchange: Exchange) => Answer | Promise<Answer>;
}

/** A middleware as Connect, Express and Nest know it; Koa's host adapts it. */
export type Middleware = (req: IncomingMessage, res: ServerResponse, next: (error?: unknown) => void) => void;

/** Options of `requestContext()` that are the same in every framework. */
export type RequestOptions = Omit<RequestContextOptions<unknown>, 'observability'>;

/** The application that a host builds on its framework. Health is served at `/health`. */
export interface Setup {
  readonly request: RequestOptions;
  /** How metrics are served; not at all when left out. */
  readonly metrics?: Omit<MetricsOptions, 'observability'>;
  readonly health: Omit<HealthOptions, 'observability'>;
  /** How often our middleware, or module, is mounted. */
  readonly mounts: number;
  /** Middleware mounted before ours. */
  readonly before: readonly Middleware[];
  /** Middleware mounted after ours and before the body parsers. */
  readonly after: readonly Middleware[];
  /** Runs after the middleware and before each handler, where this framework authenticates. */
  readonly authenticate: (exchange: Exchange) => void | Promise<void>;
  readonly routes: readonly Route[];
}

/** An application that accepts connections on the loopback address. */
export interface Listening {
  readonly server: Server;
  /** Stops accepting connections, and resolves when none is left. */
  readonly close: () => Promise<void>;
}

export interface Cell {
  /** Framework, major and platform, such as `nest 11 on fastify`. */
  readonly name: string;
  listen(observability: Observability, setup: Setup): Promise<Listening>;
}

/** The largest body that a host's parsers accept, in bytes. */
export const bodyLimitBytes: number = 4096;

/** Media type of bodies that a host's parsers leave on the request, for a handler that reads them itself. */
export const unparsedType: string = 'application/x-unparsed';

export function get(path: string, answer: Route['answer']): Route {
  return { method: 'get', path, answer };
}

export function post(path: string, answer: Route['answer']): Route {
  return { method: 'post', path, answer };
}
