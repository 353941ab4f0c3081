/** Exposed request: `log` and `requestId` on what the framework calls the request. */
import type { IncomingMessage } from 'node:http';
import { exchangeOf } from './exchange.js';

const exposed = new WeakSet<object>();

/**
 * Puts `log` and `requestId` on a framework's request prototype, once per application: set on each request they would
 * cost more than reading a prototype does. Either can still be set, as pino-http and others do.
 *
 * @param prototype What all requests of one application inherit from.
 * @param requestOf Finds Node's request.
 */
export function exposeRequest<Source extends object>(
  prototype: object,
  requestOf: (source: Source) => IncomingMessage,
): void {
  if (exposed.has(prototype)) return;
  exposed.add(prototype);
  define(prototype, 'log', (source: Source) => exchangeOf(requestOf(source))?.logger);
  define(prototype, 'requestId', (source: Source) => exchangeOf(requestOf(source))?.scope.requestId);
}

function define<Source extends object>(prototype: object, name: string, get: (source: Source) => unknown): void {
  if (name in prototype) return;
  Object.defineProperty(prototype, name, {
    configurable: true,
    get(this: Source) {
      return get(this);
    },
    set(this: Source, value: unknown) {
      Object.defineProperty(this, name, { configurable: true, enumerable: true, writable: true, value });
    },
  });
}
