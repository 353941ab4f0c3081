/** Route: the template that matched, kept from the moment of the match: on an error Express forgets the mount path. */
import type { Request } from 'express';
import { isRoute, type Match, matches, matchOf, type Route } from './match.js';
import type { Routing } from './mounts.js';
import { templateOf } from './template.js';

/** Those of routes to which there is one way, with one name. */
const fixed = new WeakMap<Route, Match>();

export function routeOf(req: Request): string | undefined {
  return matches.get(req)?.template;
}

/**
 * Watches the property `route`, which Express sets on a request at each match, on what the requests of all applications
 * inherit from: one that is mounted in a router does not inherit from the application above it.
 */
export function watchRoute(requestPrototype: object): void {
  if ('route' in requestPrototype) return;
  Object.defineProperty(baseOf(requestPrototype), 'route', {
    configurable: true,
    get(this: Request) {
      return matchOf(this)?.route;
    },
    set(this: Request, route: unknown) {
      if (isRoute(route)) matches.set(this, fixed.get(route) ?? matchWith(route, this));
      else matches.set(this, { ...(route ? matchOf(this) : undefined), route });
    },
  });
}

/** Express's own prototype, known by a method of its: below it a tool for tests may put another than Node's. */
function baseOf(requestPrototype: object): object {
  let base = requestPrototype;
  for (let at: object | null = base; at; at = Object.getPrototypeOf(at)) if (Object.hasOwn(at, 'accepts')) base = at;
  return base;
}

function matchWith(route: Route, request: Request): Match {
  const { baseUrl } = request;
  const known = matches.get(request);
  // Express sets the route again when it runs it.
  if (known?.route === route && known.baseUrl === baseUrl) return known;
  return { route, baseUrl, template: nameOf(route, request) };
}

/** Never holds a part of the URL: a router that is hidden in a function of the application's has a placeholder. */
function nameOf(route: Route, { app, baseUrl, url }: Request): string {
  const [path = '/'] = url.split('?', 1);
  const template = templateOf(route, app as unknown as Routing, baseUrl + path);
  if (template?.isFixed) fixed.set(route, { route, baseUrl, template: template.text });
  if (template) return template.text;
  const [own] = [route.path].flat(1);
  return (baseUrl === '' ? '' : '/:mount') + String(own);
}
