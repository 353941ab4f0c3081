/** Error handler: records what made a request fail, and answers it. */
import { getObservability } from '@throughline/core';
import { answerError, createRequestObserver, type RequestContextOptions } from '@throughline/core/adapter';
import type { ErrorRequestHandler, Request } from 'express';
import { framework } from './framework.js';

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
