/** Access log middleware: an access log of the application's own, run in the context of the request. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Exchange } from './exchange.js';

/** A pino-http instance, or any function that writes its own access line for a request. */
export type AccessLogMiddleware = (req: IncomingMessage, res: ServerResponse) => unknown;

/** Starts the application's access log with our request id. Call it in the context of the request; never throws. */
export function runAccessLog(accessLog: AccessLogMiddleware, { req, res, scope }: Exchange): void {
  // pino-http keeps an id that it finds here, before its own `genReqId` is asked.
  (req as { id?: unknown }).id = scope.requestId;
  try {
    accessLog(req, res);
  } catch {
    // The line is lost, the request is not.
  }
}
