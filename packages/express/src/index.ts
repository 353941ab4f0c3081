/** Throughline for Express 4 and 5: where a request is, what its route is called, and how to go on. */
import { getObservability, type Logger } from '@throughline/core';
import {
  createHealthEndpoint,
  createRequestObserver,
  exposeRequest,
  observePrototypes,
} from '@throughline/core/adapter';
import type { HealthOptions, RequestContextOptions } from '@throughline/core/adapter';
import { createMetricsEndpoint, type MetricsOptions } from '@throughline/core/metrics';
import type { Application, Request, RequestHandler, Response } from 'express';
import { framework } from './framework.js';
import { watchRoute } from './route.js';

export { errorHandler, type ErrorHandlerOptions } from './error-handler.js';

declare global {
  // oxlint-disable-next-line no-namespace -- the place where Express lets its request be extended
  namespace Express {
    interface Request {
      /** Logger whose lines carry this request's context, wherever it is called from. */
      log: Logger;
      /** The id that the response carries. */
      requestId: string;
    }
  }
}

/** Gives every request its context and its access line. Mount it first. */
export function requestContext(options: RequestContextOptions<Request> = {}): RequestHandler {
  const observe = createRequestObserver(framework, options, getObservability);
  return function requestContext(req, res, next) {
    if (!prepared.has(req.app)) prepare(req.app);
    observe(req, res, req, next);
  };
}

const prepared = new WeakSet<object>();

/** Does once what would cost more if it were done on each request: an application's requests share a prototype. */
function prepare(app: Application): void {
  prepared.add(app);
  const { request, response } = app as unknown as { request: Request; response: Response };
  exposeRequest(request, (source: Request) => source);
  watchRoute(request);
  observePrototypes(request, response);
}

/** Answers `/health`, `/health/live`, `/health/ready` and `/health/startup` below where it is mounted. */
export function health(options: HealthOptions = {}): RequestHandler {
  const answerHealth = createHealthEndpoint(options, getObservability);
  return function health(req, res, next) {
    if (!answerHealth(req, res, req.path)) next();
  };
}

/** Answers `/metrics` below where it is mounted. */
export function metrics(options: MetricsOptions = {}): RequestHandler {
  const answerMetrics = createMetricsEndpoint(options, getObservability);
  return function metrics(req, res, next) {
    if (!answerMetrics(req, res, req.path)) next();
  };
}
