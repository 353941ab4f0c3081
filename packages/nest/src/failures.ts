/** Failures: every exception that Nest answers, told to the request it made fail. */
import type { IncomingMessage } from 'node:http';
// No filter or interceptor of ours would do: a catch-all filter of the application's takes the place of ours, and no
// interceptor sees what middleware, guards and body parsers throw. All of it comes to this one method.
import { ExceptionsHandler } from '@nestjs/core/exceptions/exceptions-handler.js';
import { exchangeOf } from '@throughline/core/adapter';

let areWatched = false;

/** From here on exceptions are recorded; what becomes of them stays with Nest and the application's filters. */
export function recordFailures(): void {
  if (areWatched) return;
  areWatched = true;
  // oxlint-disable-next-line unbound-method -- called with its handler as `this` below
  const { next } = ExceptionsHandler.prototype;
  ExceptionsHandler.prototype.next = function nextRecorded(exception, host) {
    const request = host.getArgByIndex<IncomingMessage & { raw?: IncomingMessage }>(0);
    // Fastify's own request holds Node's; middleware is given the latter.
    exchangeOf(request.raw ?? request)?.fail(exception);
    next.call(this, exception, host);
  };
}
