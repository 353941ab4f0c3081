/** Mounts: the routes of an application, each with the routers and applications that lead there. */
import type { Layer } from './layer.js';

/** The part of an application, or of a router, that is read. */
export interface Routing {
  readonly stack?: unknown;
  readonly _router?: Routing;
  readonly router?: Routing;
  readonly parent?: Routing;
}

/** Layers from the outermost router to the route's own. */
export type Chain = readonly Layer[];

/** What was found in one application. */
export interface Mounts {
  readonly routes: Map<object, Chain[]>;
  /** Where other applications are mounted; which one, their layers do not say. */
  readonly applications: Chain[];
}

const known = new WeakMap<object, Mounts>();

/** @param again Looks anew, because routes may have been added. */
export function mountsOf(application: Routing, again: boolean): Mounts {
  const last = known.get(application);
  if (last && !again) return last;
  const mounts: Mounts = { routes: new Map(), applications: [] };
  collect(stackOf(application), [], mounts);
  known.set(application, mounts);
  return mounts;
}

function collect(stack: readonly Layer[], trail: Chain, mounts: Mounts): void {
  for (const layer of stack) {
    if (trail.includes(layer)) continue;
    const chain = [...trail, layer];
    if (layer.route) mounts.routes.set(layer.route, [...(mounts.routes.get(layer.route) ?? []), chain]);
    else if (layer.name === 'mounted_app') mounts.applications.push(chain);
    else if (typeof layer.handle === 'function') collect(stackOf(layer.handle as Routing), chain, mounts);
  }
}

function stackOf(routing: Routing): readonly Layer[] {
  if (Array.isArray(routing.stack)) return routing.stack as readonly Layer[];
  try {
    // Express 4 throws when it is asked for `router`.
    const stack = (routing._router ?? routing.router)?.stack;
    return Array.isArray(stack) ? (stack as readonly Layer[]) : [];
  } catch {
    return [];
  }
}
