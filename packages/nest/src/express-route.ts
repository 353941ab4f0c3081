/** Express route: the template of the controller's route, told from the routes that Nest makes for other purposes. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AbstractHttpAdapter } from '@nestjs/core';

interface RoutedRequest extends IncomingMessage {
  readonly baseUrl?: string;
  readonly route?: { readonly path: unknown };
}

type Handler = (req: RoutedRequest, res: ServerResponse, next: () => void) => unknown;

/**
 * Makes the function that names the route. Middleware and the answer to unknown paths are routes too, such as `/*path`,
 * and Express leaves the last one that matched on the request.
 */
export function watchRoutes(adapter: AbstractHttpAdapter): (req: RoutedRequest) => string | undefined {
  const passed = new WeakMap<RoutedRequest, RoutedRequest['route']>();
  const passing = (handler: Handler): Handler => {
    return (req, res, next) => {
      passed.set(req, req.route);
      return handler(req, res, next);
    };
  };

  const createMiddlewareFactory = adapter.createMiddlewareFactory.bind(adapter);
  adapter.createMiddlewareFactory = async (method) => {
    const register = await createMiddlewareFactory(method);
    return (path, middleware) => register(path, passing(middleware as Handler));
  };
  const setNotFoundHandler = adapter.setNotFoundHandler.bind(adapter);
  adapter.setNotFoundHandler = (handler: Handler, ...rest) => setNotFoundHandler(passing(handler), ...rest);

  return (req) => {
    const { route, baseUrl = '' } = req;
    if (!route || route === passed.get(req)) return undefined;
    // Nest mounts nothing below a path; where somebody else does, the path is known as in the URL only.
    return (baseUrl === '' ? '' : '/:mount') + String([route.path].flat()[0]);
  };
}
