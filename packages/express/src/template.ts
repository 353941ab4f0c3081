/** Template: what the whole path to a route is called, from the application that was asked to the route itself. */
import { hasOneName, takeBy } from './layer.js';
import { type Chain, mountsOf, type Routing } from './mounts.js';

/** The name of a path, and whether the route has no other. */
export interface Template {
  readonly text: string;
  readonly isFixed: boolean;
}

/** Routes that no router shows: those of a router that a function of the application's own calls. */
const hidden = new WeakSet<object>();

/** @returns `undefined` when the way to the route is hidden. */
export function templateOf(route: object, application: Routing, path: string): Template | undefined {
  if (hidden.has(route)) return undefined;
  const way: Routing[] = [];
  for (let at: Routing | undefined = application; at; at = at.parent) way.unshift(at);
  const text = follow(way, route, path, false) ?? follow(way, route, path, true);
  if (text === undefined) {
    hidden.add(route);
    return undefined;
  }
  const chains = mountsOf(application, false).routes.get(route) ?? [];
  return { text, isFixed: way.length === 1 && chains.length === 1 && chains.flat().every(hasOneName) };
}

function follow(way: readonly Routing[], route: object, path: string, again: boolean): string | undefined {
  const [application, ...inner] = way;
  if (!application) return undefined;
  const { routes, applications } = mountsOf(application, again);
  const isLast = inner.length === 0;
  for (const chain of isLast ? (routes.get(route) ?? []) : applications) {
    const taken = take(chain, path);
    const rest = taken && (isLast ? '' : follow(inner, route, taken.rest, again));
    if (taken && rest !== undefined) return taken.template + rest || '/';
  }
  return undefined;
}

function take(chain: Chain, path: string): { template: string; rest: string } | undefined {
  let template = '';
  let rest = path;
  for (const layer of chain) {
    const taken = takeBy(layer, rest);
    if (!taken) return undefined;
    template += taken.template.replace(/\/$/, '');
    rest = rest.slice(taken.length);
    if (!rest.startsWith('/')) rest = `/${rest}`;
  }
  return { template, rest };
}
