/** Sentry SDK: the application's own, as somebody who takes errors over. */
import { invalidOption } from '../internal/options.js';
import type { Span } from '../internal/span.js';
import type { Handover } from './handover.js';
import { sentryScope } from './sentry-event.js';

/** The part of `@sentry/node` that is used; what `import * as Sentry` gives is one. */
export interface SentrySdk {
  isInitialized(): boolean;
  isEnabled(): boolean;
  captureException(error: unknown, context?: object): string;
  captureMessage(message: string, context?: object): string;
  flush(timeoutMs?: number): Promise<boolean>;
  /** Left out by SDKs before 8. */
  getActiveSpan?(): Span | undefined;
}

/** Whom errors are handed to. */
export interface SentrySdkOptions {
  /** The SDK, which may also be initialised later. */
  sdk: SentrySdk;
  /** Name in `status()` and problems. @default 'sentry' */
  name?: string;
}

const methods = ['isInitialized', 'isEnabled', 'captureException', 'captureMessage', 'flush'] as const;

/**
 * Hands errors to the SDK, which sends them in its own way.
 *
 * @throws {ConfigError} When the SDK is none.
 */
export function sentryHandover({ sdk, name = 'sentry' }: SentrySdkOptions): Handover {
  if (methods.some((method) => typeof (sdk as Partial<SentrySdk> | undefined)?.[method] !== 'function')) {
    throw invalidOption('sentry.sdk', 'a Sentry SDK, such as all that @sentry/node exports', typeof sdk);
  }
  return {
    name,
    endpoint: 'the Sentry SDK of this process',
    activeSpan: () => sdk.getActiveSpan?.(),
    isActive: () => sdk.isInitialized() && sdk.isEnabled(),
    capture(record, error, sender) {
      const { message, timeMs } = record;
      const single = { record, count: 1, firstSeenMs: timeMs, lastSeenMs: timeMs, fingerprint: '' };
      const scope = sentryScope(single, sender);
      // The very error, not a copy: the SDK marks those it took, and leaves out what its own handlers have captured.
      if (error === undefined) sdk.captureMessage(message, scope);
      else sdk.captureException(error, { ...scope, extra: { message, ...scope.extra } });
    },
    flush: (timeoutMs) => sdk.flush(timeoutMs),
  };
}
