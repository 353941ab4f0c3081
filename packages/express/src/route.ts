/** Route: the template that matched, kept from the moment of the match: on an error Express forgets the mount path. */
import { IncomingMessage } from 'node:http';
import type { Request } from 'express';
import type { Routing } from './mounts.js';
import { templateOf } from './template.js';

type Route = Readonly<{ path: unknown }>;

interface Match {
  readonly route: Route;
  readonly baseUrl: string;
  readonly template: string;
}

const matches = new WeakMap<object, Match>();
/** Templates of routes to which there is one way, with one name. */
const fixed = new WeakMap<Route, string>();

export function routeOf(req: Request): string | undefined {
  return matches.get(req)?.template;
}

/**
 * Watches the property `route`, which Express sets on a request at each match, on what the requests of all applications
 * inherit from: one that is mounted in a router does not inherit from the application above it.
 */
export function watchRoute(requestPrototype: object): void {
  if ('route' in requestPrototype) return;
  let base = requestPrototype;
  for (let above = base; above && above !== IncomingMessage.prototype; above = Object.getPrototypeOf(above))
    base = above;
  Object.defineProperty(base, 'route', {
    configurable: true,
    get(this: Request) {
      return matches.get(this)?.route;
    },
    set(this: Request, route: Route | undefined) {
      const { baseUrl } = this;
      const known = matches.get(this);
      if (!route) matches.delete(this);
      // Express sets it again when it runs the route.
      else if (known?.route !== route || known.baseUrl !== baseUrl)
        matches.set(this, { route, baseUrl, template: fixed.get(route) ?? nameOf(route, this) });
    },
  });
}

/** Never holds a part of the URL: a router that is hidden in a function of the application's has a placeholder. */
function nameOf(route: Route, { app, baseUrl, url }: Request): string {
  const [path = '/'] = url.split('?', 1);
  const template = templateOf(route, app as unknown as Routing, baseUrl + path);
  if (template?.isFixed) fixed.set(route, template.text);
  if (template) return template.text;
  const [own] = [route.path].flat(1);
  return (baseUrl === '' ? '' : '/:mount') + String(own);
}
