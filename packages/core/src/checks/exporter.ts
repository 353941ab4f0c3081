/** Health check: errors can leave for every destination. */
import type { CheckOptions, HealthCheck } from '../health/check.js';
import { CheckError, type FailureCode } from '../health/failure.js';
import { invalidOption } from '../internal/options.js';

/** The part of an observability that this check uses. */
export interface ExporterOwner {
  status(): {
    readonly exporters: readonly { readonly name: string; readonly state: string }[];
    readonly spool?: { readonly state: string };
  };
}

/** States of a destination in which errors only gather. */
const codes: Readonly<Record<string, FailureCode>> = {
  'backing-off': 'DISCONNECTED',
  paused: 'AUTH',
  closed: 'DISCONNECTED',
};

/**
 * Checks that no destination is away and that the spool, if there is one, is written to. It only reads what
 * `status()` tells. Never required: an application that works but cannot report errors must stay in service.
 *
 * @param owner The observability, or a function that gives it: `getObservability` itself will do.
 * @throws {ConfigError} When the owner is neither.
 */
export function exporterCheck(
  owner: ExporterOwner | (() => ExporterOwner),
  options: Omit<CheckOptions, 'required'> = {},
): HealthCheck {
  if (typeof owner !== 'function' && typeof owner?.status !== 'function') {
    throw invalidOption('exporterCheck.owner', 'an observability, or a function that gives it', typeof owner);
  }
  return {
    ...options,
    required: false,
    probe() {
      const { exporters, spool } = (typeof owner === 'function' ? owner() : owner).status();
      for (const { name, state } of exporters) {
        const code = codes[state];
        if (code !== undefined) throw new CheckError(code, `errors cannot leave for ${name}: it is ${state}`);
      }
      if (spool?.state === 'degraded') throw new CheckError('READONLY', 'errors cannot be written to the spool');
    },
  };
}
