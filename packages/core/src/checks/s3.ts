/** Health check: an S3 bucket can be reached. */
import type { CheckOptions, HealthCheck } from '../health/check.js';
import { CheckError, type FailureCode } from '../health/failure.js';
import { invalidOption } from '../internal/options.js';

/** Options of the S3 check. */
export interface S3CheckOptions extends CheckOptions {
  /** Error statuses that say enough: 403 is what credentials with rights to objects alone get for their bucket. @default [403] */
  acceptStatuses?: readonly number[];
}

const codes: Readonly<Record<number, FailureCode>> = { 401: 'AUTH', 403: 'AUTH', 429: 'OVERLOADED', 503: 'OVERLOADED' };

/**
 * Checks that a request to S3 is answered. You send it with your SDK, which signs it: `HeadBucket`, or `HeadObject` where
 * the credentials may only read objects. It should only read; hand the signal on, so that nothing is left running.
 *
 * @param send Sends the request; what it rejects with, or a response it resolves to, tells the status.
 * @throws {ConfigError} When it is no function.
 */
export function s3Check(send: (signal: AbortSignal) => Promise<unknown>, options: S3CheckOptions = {}): HealthCheck {
  if (typeof send !== 'function') throw invalidOption('s3Check.send', 'a function that sends a request', typeof send);
  const { acceptStatuses = [403], ...rest } = options;
  if (!Array.isArray(acceptStatuses))
    throw invalidOption('s3Check.acceptStatuses', 'a list of statuses', acceptStatuses);
  return {
    ...rest,
    async probe(signal) {
      const { answer, error } = await settled(send(signal));
      const status = statusOf(error ?? answer);
      if (status === undefined && error !== undefined) throw error; // it did not get as far as an answer
      if (status === undefined ? answer !== false : status < 300 || acceptStatuses.includes(status)) return;
      const code = status === undefined ? 'UNEXPECTED_ANSWER' : (codes[status] ?? 'HTTP_ERROR');
      throw new CheckError(code, `S3 answered with ${status ?? 'no'}`, { cause: error });
    },
  };
}

function settled(sent: Promise<unknown>): Promise<{ answer?: unknown; error?: unknown }> {
  return sent.then(
    (answer) => ({ answer }),
    (error: unknown) => ({ error }),
  );
}

/** Where the AWS SDK (3, then 2), `minio` and `fetch` have the status. */
function statusOf(given: unknown): number | undefined {
  const { $metadata, statusCode, status } = (given ?? {}) as {
    $metadata?: { httpStatusCode?: number };
    statusCode?: number;
    status?: number;
  };
  return $metadata?.httpStatusCode ?? statusCode ?? status;
}
