/** Destination from the environment: a mistake there is a warning, since nobody is at hand to mend it. */
import { ConfigError } from '../errors.js';
import type { Warn } from '../internal/secret-variable.js';
import type { Destination } from './destination.js';

/**
 * Makes a destination, or warns and makes none.
 *
 * @param variables Names of the environment variables by option path, for the warning.
 * @param warn Called with one sentence that names the variable.
 */
export function createOrWarn(
  create: () => Destination,
  variables: Readonly<Record<string, string>>,
  warn: Warn,
): Destination | undefined {
  try {
    return create();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const { option, expected, received } = error;
    warn(`${variables[option] ?? option} must be ${expected}, got ${received}; errors are not sent there`);
    return undefined;
  }
}
