/** Health check: Postgres answers a trivial query. */
import { checkDefaults, type CheckOptions, type HealthCheck } from '../health/check.js';
import { invalidOption } from '../internal/options.js';

/** The part of a `pg` Pool or Client that this check uses. */
export interface PostgresClient {
  query(query: { text: string; query_timeout: number }): Promise<unknown>;
}

/**
 * Checks that Postgres answers `SELECT 1`, on a connection of the pool that the app itself uses.
 *
 * `pg` gives the query up at the limit and its pool drops that connection, so one that died silently costs one run. Set the
 * pool's `connectionTimeoutMillis` as well: without it, a host that swallows packets keeps a run hanging for minutes.
 *
 * @throws {ConfigError} When the client has no `query`.
 */
export function postgresCheck(client: PostgresClient, options: CheckOptions = {}): HealthCheck {
  if (typeof client?.query !== 'function')
    throw invalidOption('postgresCheck.client', 'a pg Pool or Client', typeof client);
  const { timeoutMs = checkDefaults.timeoutMs } = options;
  return {
    ...options,
    probe: () => client.query({ text: 'SELECT 1', query_timeout: timeoutMs }),
  };
}
