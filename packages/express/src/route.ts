/** Route: the template that matched, kept from the moment of the match: on an error Express forgets the mount path. */
import type { Request } from 'express';

const matches = new WeakMap<object, { route: { path: unknown }; template: string }>();

export function routeOf(req: Request): string | undefined {
  return matches.get(req)?.template;
}

/** Watches the property `route`, which Express sets on a request at each match, for all requests of one application. */
export function watchRoute(requestPrototype: object): void {
  if (Object.hasOwn(requestPrototype, 'route')) return;
  Object.defineProperty(requestPrototype, 'route', {
    configurable: true,
    get(this: Request) {
      return matches.get(this)?.route;
    },
    set(this: Request, route: { path: unknown }) {
      matches.set(this, { route, template: this.baseUrl + String(route.path) });
    },
  });
}
