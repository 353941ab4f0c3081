/** Health check: a Kafka broker describes its cluster. */
import type { CheckOptions, HealthCheck } from '../health/check.js';
import { CheckError } from '../health/failure.js';
import { invalidOption } from '../internal/options.js';

/** The part of a kafkajs admin client that this check uses. */
export interface KafkaAdmin {
  describeCluster(): Promise<{ readonly brokers: readonly unknown[] }>;
}

/**
 * Checks that a broker answers a metadata request and knows of at least one broker. The admin client connects by itself,
 * again too; hand in that of a `Kafka` of its own with `retry: { retries: 0 }`, else kafkajs tries for ten seconds before it
 * says what is wrong.
 *
 * @throws {ConfigError} When the client has no `describeCluster`.
 */
export function kafkaCheck(admin: KafkaAdmin, options: CheckOptions = {}): HealthCheck {
  if (typeof admin?.describeCluster !== 'function')
    throw invalidOption('kafkaCheck.admin', 'a kafkajs admin client', typeof admin);
  return {
    ...options,
    async probe() {
      const { brokers } = await admin.describeCluster().catch((error: unknown) => {
        // kafkajs reads the answer that every broker failed to give
        if (error instanceof TypeError) throw new CheckError('DISCONNECTED', 'no broker answered', { cause: error });
        throw error;
      });
      if (brokers.length === 0) throw new CheckError('UNEXPECTED_ANSWER', 'the cluster has no broker');
    },
  };
}
