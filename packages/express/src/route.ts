/** Route: the template that matched, kept from the moment of the match: on an error Express forgets the mount path. */
import type { Request } from 'express';

interface Match {
  readonly route: { readonly path: unknown };
  readonly baseUrl: string;
  readonly template: string;
}

const matches = new WeakMap<object, Match>();

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
    set(this: Request, route: Match['route'] | undefined) {
      const { baseUrl } = this;
      const known = matches.get(this);
      if (!route) matches.delete(this);
      // Express sets it again when it runs the route, and has forgotten the values of the mount path by then.
      else if (known?.route !== route || known.baseUrl !== baseUrl)
        matches.set(this, { route, baseUrl, template: templateOf(this, String(route.path)) });
    },
  });
}

/**
 * The route's path below that at which its router is mounted. Of the latter Express keeps no template, but at the moment
 * of a match the values of its placeholders: each is looked for once, from the end, and where it stands gets its name.
 * What a router has forgotten, as one without `mergeParams` does after its own middleware, stays a value.
 */
function templateOf({ baseUrl, params }: Pick<Request, 'baseUrl' | 'params'>, path: string): string {
  if (baseUrl === '') return path;
  const ownNames: readonly string[] = path.match(/:\w+/g) ?? [];
  const values = Object.entries(params ?? {}).filter(([name]) => !ownNames.includes(`:${name}`));
  const segments = baseUrl.split('/').toReversed();
  const named = segments.map((segment) => {
    const at = values.findLastIndex(([, value]) => segment !== '' && value === decoded(segment));
    const [found] = at === -1 ? [] : values.splice(at, 1);
    return found ? `:${found[0]}` : segment;
  });
  return named.toReversed().join('/') + path;
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
