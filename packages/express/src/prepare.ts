/** Preparing: what is done once for an application, and would cost more if it were done on each request. */
import { exposeRequest, observePrototypes } from '@throughline/core/adapter';
import type { Request, Response } from 'express';
import { watchRoute } from './route.js';

/** By the prototype of their requests, which tells an application without a look at a property of the request. */
const prepared = new WeakSet<object>();

/** Prepares what all requests of the application of this one inherit from; the second time it does nothing. */
export function prepare(req: Request, res: Response): void {
  const prototype = Object.getPrototypeOf(req) as object;
  if (prepared.has(prototype)) return;
  prepared.add(prototype);
  const { request } = req.app as unknown as { request: Request };
  exposeRequest(request, (source: Request) => source);
  watchRoute(request);
  observePrototypes(req, res);
}
