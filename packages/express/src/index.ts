/** Throughline for Express 4 and 5: where a request is, what its route is called, and how to go on. */
import { getObservability, type Logger } from '@throughline/core';
import { answerError, createHealthEndpoint, createRequestObserver, exposeRequest } from '@throughline/core/adapter';
import type { HealthOptions, RequestContextOptions } from '@throughline/core/adapter';
import type { ErrorRequestHandler, Request, RequestHandler } from 'express';
import { routeOf, watchRoute } from './route.js';

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

const framework = { route: routeOf, user: (req: Request & { user?: unknown }): unknown => req.user };

/** Gives every request its context and its access line. Mount it first. */
export function requestContext(options: RequestContextOptions<Request> = {}): RequestHandler {
  const observe = createRequestObserver(framework, options, getObservability);
  return function requestContext(req, res, next) {
    const { request } = req.app as unknown as { request: object };
    exposeRequest(request, (source: Request) => source);
    watchRoute(request);
    observe(req, res, req, next);
  };
}

/** Answers `/health`, `/health/live`, `/health/ready` and `/health/startup` below where it is mounted. */
export function health(options: HealthOptions = {}): RequestHandler {
  const answerHealth = createHealthEndpoint(options, getObservability);
  return function health(req, res, next) {
    if (!answerHealth(req, res, req.path)) next();
  };
}

/** Options of `errorHandler()`; those of `requestContext()` count for requests that failed before it. */
export interface ErrorHandlerOptions extends RequestContextOptions<Request> {
  /** Records the error and leaves the answer to the next error handler. @default false */
  passOn?: boolean;
}

/** Records the error of a request and answers with its status and the request id. Mount it last. */
export function errorHandler({ passOn = false, ...options }: ErrorHandlerOptions = {}): ErrorRequestHandler {
  const observe = createRequestObserver(framework, options, getObservability);
  return function errorHandler(error, req, res, next) {
    const exchange = observe.fail(req, res, req, error);
    if (passOn || res.headersSent) next(error);
    else answerError(exchange, error, (types) => req.accepts(types));
  };
}
