/** Emitting in scope: listeners of a request see its context, whoever emits the event. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { currentScope, runInScope } from '../context/current.js';
import { createMethodReplacer } from '../internal/method-replacer.js';
import { type Exchange, exchangeOf } from './exchange.js';

type Message = IncomingMessage | ServerResponse;
type Event = [name: string | symbol, ...values: unknown[]];
type Emit = (this: Message, ...event: Event) => boolean;

/** Events of a response that its exchange hears of, whether or not anybody else listens. */
const heard: ReadonlySet<unknown> = new Set(['pipe', 'finish', 'close']);

/**
 * Makes every listener of an observed request or response run in its scope, and the exchange hear of the response before
 * any of them. Without it the second packet of a body, `end`, `close` and a `finish` sent from elsewhere arrive without
 * context, because Node emits them from the connection's parser.
 */
export const emitInScope: (message: Message) => void = createMethodReplacer('emit', (emit: Emit): Emit => {
  function emitNow(message: Message, exchange: Exchange, event: Event): boolean {
    if (message === exchange.res && heard.has(event[0])) exchange.hear(event[0], event[1]);
    return emit.apply(message, event);
  }

  return function emitWithContext(this: Message, ...event: Event): boolean {
    const exchange = exchangeOf(this);
    if (!exchange) return emit.apply(this, event);
    // An error to which nobody listens is thrown by Node, with or without a context.
    const isAsItIs =
      currentScope()?.unit === exchange.scope.unit || (!heard.has(event[0]) && this.listenerCount(event[0]) === 0);
    return isAsItIs ? emitNow(this, exchange, event) : runInScope(exchange.scope, emitNow, this, exchange, event);
  };
}) as (message: Message) => void;
