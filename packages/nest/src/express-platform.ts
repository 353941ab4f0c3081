/** Express platform: how requests come to Nest on Express. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AbstractHttpAdapter } from '@nestjs/core';
import type { Platform } from './platform.js';

type Handle = (req: IncomingMessage, res: ServerResponse, out?: (error?: unknown) => void) => void;

interface ExpressRequest extends IncomingMessage {
  readonly user?: unknown;
  readonly baseUrl?: string;
  readonly route?: { readonly path: unknown };
}

export function expressPlatform(adapter: AbstractHttpAdapter): Platform {
  const middlewareRoutes = watchMiddlewareRoutes(adapter);
  return {
    requestOf: (req: ExpressRequest) => req,
    routeOf({ route, baseUrl = '' }: ExpressRequest) {
      return route && !middlewareRoutes.has(route) ? baseUrl + String(route.path) : undefined;
    },
    open({ observe, admit }) {
      // Not `use()`: it makes the router, which then ignores what main.ts sets later ('strict routing', 'query parser').
      const express = adapter.getInstance<{ handle: Handle }>();
      const handle = express.handle.bind(express);
      express.handle = (req, res, out) => {
        observe(req, res, () => admit(req, res, () => handle(req, res, out)));
      };
    },
  };
}

/** The routes that Nest makes for middleware, such as `/*path`: Express leaves them on the request like any other. */
function watchMiddlewareRoutes(adapter: AbstractHttpAdapter): WeakSet<object> {
  const routes = new WeakSet<object>();
  const create = adapter.createMiddlewareFactory.bind(adapter);
  adapter.createMiddlewareFactory = async (method) => {
    const register = await create(method);
    return (path, middleware) =>
      register(path, (req: ExpressRequest, res: ServerResponse, next: () => void): unknown => {
        if (req.route) routes.add(req.route);
        return middleware(req, res, next);
      });
  };
  return routes;
}
