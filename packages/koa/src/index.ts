/** Throughline for Koa 2 and 3: where a request is, what its route is called, and how to go on. */
import { getObservability, type Logger } from '@throughline/core';
import { createHealthEndpoint, createRequestObserver, exposeRequest } from '@throughline/core/adapter';
import type { Framework, HealthOptions, RequestContextOptions } from '@throughline/core/adapter';
import type Koa from 'koa';

declare module 'koa' {
  interface ExtendableContext {
    /** Logger whose lines carry this request's context, wherever it is called from. */
    log: Logger;
    /** The id that the response carries. */
    requestId: string;
  }
}

const framework: Framework<Koa.Context> = {
  // `_matchedRoute` is set by @koa/router: the template with the prefixes of nested routers.
  route: ({ _matchedRoute: route }) => (route === undefined ? undefined : String(route)),
  user: ({ state, user }) => state['user'] ?? user,
};

const watched = new WeakSet<Koa>();

/** Gives every request its context and its access line. Mount it first. */
export function requestContext(options: RequestContextOptions<Koa.Context> = {}): Koa.Middleware {
  const observe = createRequestObserver(framework, options, getObservability);
  return function requestContext(ctx, next) {
    if (!watched.has(ctx.app)) {
      watched.add(ctx.app);
      exposeRequest(ctx.app.context, ({ req }: Koa.Context) => req);
      // Koa tells here of every error it answers, of those thrown before this middleware too.
      // Koa's own listener, there when an application has none, would print them raw on stderr.
      // oxlint-disable-next-line unbound-method -- compared, never called
      ctx.app.off('error', ctx.app.onerror).on('error', (error: unknown, failed?: Koa.Context) => {
        if (failed?.req) observe.fail(failed.req, failed.res, failed, error);
      });
    }
    return observe(ctx.req, ctx.res, ctx, next);
  };
}

/** Answers `path`, `path/live`, `path/ready` and `path/startup`; by default `/health`. */
export function health(options: HealthOptions = {}): Koa.Middleware {
  const answerHealth = createHealthEndpoint(options, getObservability);
  return function health(ctx, next) {
    if (!answerHealth(ctx.req, ctx.res, ctx.path)) return next();
    ctx.respond = false;
    return Promise.resolve();
  };
}
