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
    set(this: Request, route: { path: unknown } | undefined) {
      if (!route) return void matches.delete(this);
      const path = String(route.path);
      matches.set(this, { route, template: mountTemplate(this, path) + path });
    },
  });
}

/**
 * The path at which the router of the request is mounted. Express keeps no template of it, but at the moment of a match
 * the values of its placeholders: each is looked for once, from the end, and where it stands gets its name.
 */
function mountTemplate({ baseUrl, params }: Pick<Request, 'baseUrl' | 'params'>, path: string): string {
  if (baseUrl === '') return '';
  const ownNames: readonly string[] = path.match(/:\w+/g) ?? [];
  const values = Object.entries(params ?? {}).filter(([name]) => !ownNames.includes(`:${name}`));
  const segments = baseUrl.split('/').toReversed();
  const named = segments.map((segment) => {
    const at = values.findLastIndex(([, value]) => segment !== '' && value === decoded(segment));
    const [found] = at === -1 ? [] : values.splice(at, 1);
    return found ? `:${found[0]}` : segment;
  });
  return named.toReversed().join('/');
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
