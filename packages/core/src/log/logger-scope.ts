/** Logger scope: the context that a line is written in. */
import type { Logger } from 'pino';
import { currentScope } from '../context/current.js';
import type { ContextScope } from '../context/request-context.js';

/** Under this a logger keeps the scope it was made for, as `req.log` does. */
export const boundScope: unique symbol = Symbol('throughline.scope');

/** The scope of the running work; for a logger made for one request, that request's wherever it is called from. */
export function scopeOf(logger: Logger): ContextScope | undefined {
  const current = currentScope();
  const bound = (logger as unknown as Record<symbol, ContextScope | undefined>)[boundScope];
  return bound && bound.unit !== current?.unit ? bound : current;
}
