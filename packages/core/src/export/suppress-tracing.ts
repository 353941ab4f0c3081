/** Suppressed tracing: our own requests make no spans, else every exported error would make one. */
import { contextManager } from '../internal/open-telemetry.js';

/** The key under which OpenTelemetry's instrumentations look; `createContextKey` of the SDK gives the same symbol. */
const suppressTracingKey = Symbol.for('OpenTelemetry SDK Context Key SUPPRESS_TRACING');

export function suppressTracing<T>(call: () => T): T {
  const suppressed = sentryScopes().reduce((inner, scopes) => withinScope(scopes, inner), call);
  const manager = contextManager();
  return manager ? manager.with(manager.active().setValue(suppressTracingKey, true), suppressed) : suppressed();
}

/**
 * What Sentry's SDK keeps where every version of it finds its own. It does not look at OpenTelemetry's key, and what is
 * done here is what its `suppressTracing` does: https://github.com/getsentry/sentry-javascript, `tracing/trace.ts`.
 */
interface SentryScopes {
  withScope<T>(call: (scope: { setSDKProcessingMetadata(data: object): unknown }) => T): T;
  suppressTracing?<T>(call: () => T): T;
}

function sentryScopes(): SentryScopes[] {
  const { __SENTRY__: versions } = globalThis as { __SENTRY__?: Readonly<Record<string, { acs?: SentryScopes }>> };
  if (versions === undefined) return [];
  return Object.values(versions).flatMap(({ acs }) => (acs === undefined ? [] : [acs]));
}

/** A version that works otherwise costs a span, never the request, which is made once in any case. */
function withinScope<T>(scopes: SentryScopes, call: () => T): () => T {
  return () => {
    let made: { value: T } | undefined;
    const callOnce = (): T => (made ??= { value: call() }).value;
    try {
      if (scopes.suppressTracing) scopes.suppressTracing(callOnce);
      else {
        scopes.withScope((scope) => {
          scope.setSDKProcessingMetadata({ __SENTRY_SUPPRESS_TRACING__: true });
          callOnce();
        });
      }
    } catch {
      // Its trouble, not ours; what is called here does not throw.
    }
    return callOnce();
  };
}
