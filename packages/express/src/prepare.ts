/** Preparing: what is done once for an application, and would cost more if it were done on each request. */
import { exposeRequest, observePrototypes } from '@throughline/core/adapter';
import type { Application, Request, Response } from 'express';
import { watchRoute } from './route.js';

const prepared = new WeakSet<Application>();

/** Prepares what all requests of the application inherit from; the second time it does nothing. */
export function prepare(app: Application): void {
  if (prepared.has(app)) return;
  prepared.add(app);
  const { request, response } = app as unknown as { request: Request; response: Response };
  exposeRequest(request, (source: Request) => source);
  watchRoute(request);
  observePrototypes(request, response);
}
