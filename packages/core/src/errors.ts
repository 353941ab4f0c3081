/** Errors this package throws: match on `code`, never on the message. */

/** What kind of set-up mistake a {@link ConfigError} tells of. */
export type ConfigErrorCode =
  /** An option or an environment variable has a value that cannot be used. */
  | 'INVALID_OPTION'
  /** The process has an observability already, and this one is not `isolated`. */
  | 'ALREADY_CREATED';

/** A set-up mistake: thrown at once where the mistake is made, never during a request. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';

  constructor(
    readonly code: ConfigErrorCode,
    message: string,
    /** Path of the option, such as `requestId.trust`, or the name of the environment variable. */
    readonly option: string,
    /** What would have been accepted, in words. */
    readonly expected: string,
    /** What came, as printable text; never a credential. */
    readonly received: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
