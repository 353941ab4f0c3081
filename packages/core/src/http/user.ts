/** User: found where authentication left it, unless the application says where to look. */
import { toUser } from '../context/current.js';
import type { UserContext } from '../context/request-context.js';

/** Looks for the user of a request; `source` is what the framework calls the request. */
export type FindUser<Source> = (source: Source) => unknown;

/**
 * The user as the `user` option or the framework gives it: an id, or an object with an `id` or a `sub` (the subject of
 * a JWT, RFC 7519 §4.1.2). Never throws. From an object of the application's only the id is kept.
 */
export function findUser<Source>(source: Source, find: FindUser<Source>): UserContext | undefined {
  try {
    const found = find(source);
    // Nobody waits for a promise; one that is rejected must not end the process.
    if (found instanceof Promise) found.catch(() => undefined);
    if (typeof found !== 'object' || found === null) return toUser(found);
    const { id, sub } = found as { id?: unknown; sub?: unknown };
    return toUser(id ?? sub);
  } catch {
    return undefined;
  }
}
