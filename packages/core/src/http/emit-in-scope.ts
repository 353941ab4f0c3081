/** Emitting in scope: listeners of a request see its context, whoever emits the event. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { currentScope, runInScope } from '../context/current.js';
import { createMethodReplacer } from '../internal/method-replacer.js';
import { type Exchange, exchangeOf, exchangeOfResponse } from './exchange.js';

type Event = [name: string | symbol, ...values: unknown[]];
type Emit<Emitter> = (this: Emitter, ...event: Event) => boolean;

/**
 * Makes every listener of an observed request or response run in its scope, and the exchange hear of the response before
 * any of them. Without it the second packet of a body, `end`, `close` and a `finish` sent from elsewhere arrive without
 * context, because Node emits them from the connection's parser.
 */
export function emitInScope(req: IncomingMessage, res: ServerResponse): void {
  replaceEmitOfRequest(req);
  replaceEmitOfResponse(res);
}

const replaceEmitOfRequest = createMethodReplacer('emit', (emit: Emit<IncomingMessage>): Emit<IncomingMessage> => {
  return function emitWithContext(this: IncomingMessage, ...event: Event) {
    const exchange = exchangeOf(this);
    return !exchange || isCurrent(exchange)
      ? emit.apply(this, event)
      : runInScope(exchange.scope, apply, emit, this, event);
  };
}) as (req: IncomingMessage) => void;

const replaceEmitOfResponse = createMethodReplacer('emit', (emit: Emit<ServerResponse>): Emit<ServerResponse> => {
  function hearAndEmit(res: ServerResponse, exchange: Exchange, event: Event): boolean {
    exchange.hear(event[0], event[1]);
    return emit.apply(res, event);
  }

  return function emitWithContext(this: ServerResponse, ...event: Event) {
    const exchange = exchangeOfResponse(this);
    if (!exchange) return emit.apply(this, event);
    return isCurrent(exchange)
      ? hearAndEmit(this, exchange, event)
      : runInScope(exchange.scope, hearAndEmit, this, exchange, event);
  };
}) as (res: ServerResponse) => void;

function isCurrent({ scope }: Exchange): boolean {
  return currentScope()?.unit === scope.unit;
}

function apply<T>(emit: Emit<T>, emitter: T, event: Event): boolean {
  return emit.apply(emitter, event);
}
