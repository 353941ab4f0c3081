/** Emitting in scope: listeners of a request see its context, whoever emits the event. */
import type { EventEmitter } from 'node:events';
import { currentScope, runInScope } from '../context/current.js';
import type { ContextScope } from '../context/request-context.js';

/**
 * Makes every listener of the emitter run in the scope. Without it the second packet of a body, `end`, `close` and a
 * `finish` sent from elsewhere arrive without context, because Node emits them from the connection's parser.
 */
export function emitInScope(emitter: EventEmitter, scope: ContextScope): void {
  // oxlint-disable-next-line unbound-method -- called with its emitter as `this` below
  const emit = emitter.emit;
  emitter.emit = function emitWithContext(this: EventEmitter, ...args: Parameters<EventEmitter['emit']>) {
    if (currentScope()?.unit === scope.unit) return emit.apply(this, args);
    return runInScope(scope, () => emit.apply(this, args));
  };
}
