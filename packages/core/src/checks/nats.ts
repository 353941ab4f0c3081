/** Health check: NATS answers a ping. */
import type { CheckOptions, HealthCheck } from '../health/check.js';
import { CheckError } from '../health/failure.js';
import { invalidOption } from '../internal/options.js';

/** The part of a NATS connection (`@nats-io/transport-node`, or `nats` 2) that this check uses. */
export interface NatsConnection {
  /** Round trip of a PING; rejects at once while there is no connection. */
  rtt(): Promise<number>;
}

/**
 * Checks that NATS answers a PING, on the connection that the app itself uses. Without a connection it is down at once
 * (`DISCONNECTED`), and so it is when a function gives none.
 *
 * @param client The connection, or a function that gives it or a promise of it.
 * @throws {ConfigError} When it is neither.
 */
export function natsCheck(
  client: NatsConnection | (() => NatsConnection | undefined | Promise<NatsConnection | undefined>),
  options: CheckOptions = {},
): HealthCheck {
  if (typeof client !== 'function' && typeof client?.rtt !== 'function')
    throw invalidOption('natsCheck.client', 'a NATS connection, or a function that gives it', typeof client);
  return {
    ...options,
    async probe() {
      const connection = typeof client === 'function' ? await client() : client;
      if (connection === undefined) throw new CheckError('DISCONNECTED', 'there is no NATS connection yet');
      await connection.rtt();
    },
  };
}
