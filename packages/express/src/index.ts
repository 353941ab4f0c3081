/** Throughline for Express 4 and 5: where a request is, what its route is called, and how to go on. */
import { getObservability, type Logger } from '@throughline/core';
import { createHealthEndpoint, createRequestObserver } from '@throughline/core/adapter';
import type { HealthOptions, RequestContextOptions } from '@throughline/core/adapter';
import { createMetricsEndpoint, type MetricsOptions } from '@throughline/core/metrics';
import type { Request, RequestHandler } from 'express';
import { framework } from './framework.js';
import { prepare } from './prepare.js';

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
    prepare(req, res);
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

/** Answers `/metrics` below where it is mounted. */
export function metrics(options: MetricsOptions = {}): RequestHandler {
  const answerMetrics = createMetricsEndpoint(options, getObservability);
  return function metrics(req, res, next) {
    if (!answerMetrics(req, res, req.path)) next();
  };
}
