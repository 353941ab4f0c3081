/** OpenTelemetry: what an application's SDK has registered, found where every 1.x of its API keeps it. */
import type { ContextManager } from '@opentelemetry/api';

const apiKey = Symbol.for('opentelemetry.js.api.1');

/** What is registered; `context` is missing while no SDK has begun. */
interface RegisteredApi {
  readonly context?: ContextManager;
}

/**
 * The context manager of the SDK that is at work here, if one is. Not asked of `@opentelemetry/api` itself, for two
 * reasons: that does not look at what a copy older than it has put there, and an application may well have an older one
 * beside ours; and loading its fifty files took 30 of the 70 ms of importing this package, in processes without any SDK.
 */
export function contextManager(): ContextManager | undefined {
  return ((globalThis as Readonly<Record<symbol, unknown>>)[apiKey] as RegisteredApi | undefined)?.context;
}
