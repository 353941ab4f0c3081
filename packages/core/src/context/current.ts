/** Current context: read and amended from anywhere inside a unit of work. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { perProcess } from '../internal/per-process.js';
import { activeSpan } from './active-span.js';
import type { ContextScope, RequestContext, UserContext } from './request-context.js';

const storage = perProcess('context', () => new AsyncLocalStorage<ContextScope | undefined>());

export function currentScope(): ContextScope | undefined {
  return storage.getStore();
}

/** Calls `work` with the arguments inside the scope, or outside of any when it is `undefined`. */
export function runInScope<R, Args extends unknown[]>(
  scope: ContextScope | undefined,
  work: (...args: Args) => R,
  ...args: Args
): R {
  return storage.run(scope, work, ...args);
}

/** The context of the request, job or task that is running; `undefined` outside of one. */
export function getContext(): RequestContext | undefined {
  return currentScope();
}

/** The id of the request, job or task that is running; `undefined` outside of one. */
export function getRequestId(): string | undefined {
  return currentScope()?.requestId;
}

/**
 * Says for whom the request is made: from here on `user_id` is on every line, on the access line, on the active span
 * as `user.id`, and on exported errors. `undefined` takes it back. Outside a context it does nothing.
 */
export function setUser(user: { id: string | number; [field: string]: unknown } | undefined): void {
  const scope = currentScope();
  if (!scope) return;
  scope.setUser(toUser(user));
  if (scope.user) activeSpan()?.setAttribute('user.id', scope.user.id);
}

/**
 * Puts fields on every later line of the request and on its exported errors. For the whole request, parallel branches
 * included; {@link withContext} is for one branch alone. Outside a context it does nothing.
 */
export function setContext(fields: Record<string, unknown>): void {
  if (typeof fields === 'object' && fields !== null) currentScope()?.setFields(fields);
}

/** A user with a text for an id, or nothing when there is none to be had. */
export function toUser(value: unknown): UserContext | undefined {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint') return { id: String(value) };
  if (typeof value !== 'object' || value === null || !('id' in value)) return undefined;
  const { id } = value;
  if (typeof id === 'string') return value as UserContext;
  return typeof id === 'number' || typeof id === 'bigint' ? { ...value, id: String(id) } : undefined;
}
