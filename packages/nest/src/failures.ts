/** Failures: every exception that Nest answers, told to the request it made fail. */
import type { IncomingMessage } from 'node:http';
// What follows is not to be had without it, and nobody else may have been imported yet.
import 'reflect-metadata';
// No filter or interceptor of ours would do: a catch-all filter of the application's takes the place of ours, and no
// interceptor sees what middleware, guards and body parsers throw. All of it comes to this one method.
import { ExceptionsHandler } from '@nestjs/core/exceptions/exceptions-handler.js';
import { exchangeOf } from '@throughline/core/adapter';

let areWatched = false;

/** What the access line of a request tells; Nest's own filter logs such an exception once more. */
const recorded = new WeakSet<WeakKey>();

let answering: unknown;

/** From here on exceptions are recorded; what becomes of them stays with Nest and the application's filters. */
export function recordFailures(): void {
  if (areWatched) return;
  areWatched = true;
  // oxlint-disable-next-line unbound-method -- called with its handler as `this` below
  const { next } = ExceptionsHandler.prototype;
  ExceptionsHandler.prototype.next = function nextRecorded(exception, host) {
    const request = host.getArgByIndex<IncomingMessage & { raw?: IncomingMessage }>(0);
    // Fastify's own request holds Node's; middleware is given the latter.
    const exchange = exchangeOf(request.raw ?? request);
    exchange?.fail(exception);
    // The first error of a request counts, and no access line of another's is relied on.
    const isTold = exchange?.error === exception && !exchange?.isLoggedElsewhere;
    // An error object may be thrown again, for another request.
    if (isObject(exception)) recorded[isTold ? 'add' : 'delete'](exception);
    const outer = answering;
    answering = exception;
    try {
      next.call(this, exception, host);
    } finally {
      answering = outer;
    }
  };
}

/** The exception that is being answered right now: of it Nest 10 logs the message and the stack alone. */
export function answeredException(): unknown {
  return answering;
}

/** Whether the exception is told of by an access line. */
export function isRecorded(exception: unknown): boolean {
  return isObject(exception) && recorded.has(exception);
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
