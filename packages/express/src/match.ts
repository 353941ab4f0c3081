/** Match: what stands under `route` on a request, and the template of the route that matched last. */
import { IncomingMessage } from 'node:http';
import { perProcess } from '@throughline/core/adapter';

/** The part of a route that is read. */
export type Route = Readonly<{ path: unknown }>;

export interface Match {
  /** The route, unless the application has put something else there. */
  readonly route: unknown;
  readonly baseUrl?: string;
  readonly template?: string;
}

/** By the request; another copy of this package may be the one that watches. */
export const matches: WeakMap<object, Match> = perProcess('express-matches', () => new WeakMap());

/** The match of the request, or of the one that it was made from by `Object.create`. */
export function matchOf(request: object): Match | undefined {
  for (let at: object | null = request; at && at !== IncomingMessage.prototype; at = Object.getPrototypeOf(at)) {
    const match = matches.get(at);
    if (match) return match;
  }
  return undefined;
}

export function isRoute(value: unknown): value is Route {
  return typeof value === 'object' && value !== null && 'path' in value;
}
