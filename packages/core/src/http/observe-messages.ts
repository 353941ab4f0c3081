/** Observing messages: the methods of a request and its response that are replaced so that their exchange takes part. */
import { IncomingMessage, ServerResponse } from 'node:http';
import { emitInScope } from './emit-in-scope.js';
import { writeRequestId } from './response-head.js';

/** Prototypes that have them, or inherit them: messages below these are not looked at. */
const observed = new WeakSet<object>();

/** Replaces the methods on what inherits none that were replaced already. */
export function observeMessages(req: IncomingMessage, res: ServerResponse): void {
  if (observed.has(Object.getPrototypeOf(req) as object) && observed.has(Object.getPrototypeOf(res) as object)) return;
  emitInScope(req, res);
  writeRequestId(res);
}

/**
 * Replaces the methods once for all requests of a framework that gives them prototypes of its own, as Express does: set
 * on each request and response they were measured to cost 5 µs there. It does so on what all applications of that copy
 * of the framework inherit from, because a request passes from one to another; one that nobody observes is left alone.
 *
 * @param req The first of the application's: middleware before us may have put methods on it that lead past the new ones.
 */
export function observePrototypes(req: IncomingMessage, res: ServerResponse): void {
  const [request, response] = [Object.getPrototypeOf(req), Object.getPrototypeOf(res)] as [typeof req, typeof res];
  const bases = [baseOf(request, IncomingMessage.prototype), baseOf(response, ServerResponse.prototype)] as const;
  if (!bases[0] || !bases[1]) return;
  observeMessages(bases[0], bases[1]);
  observeMessages(request, response);
  observeMessages(req, res);
  observed.add(request).add(response);
}

/** The last prototype before Node's own, if that is among them. */
function baseOf<T extends object>(prototype: T, nodes: T): T | undefined {
  const above = Object.getPrototypeOf(prototype) as T | null;
  if (above === null || above === nodes) return above === null ? undefined : prototype;
  return baseOf(above, nodes);
}
