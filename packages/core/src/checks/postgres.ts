/** Health check: Postgres answers a trivial query. */
import { checkDefaults, type CheckOptions, type HealthCheck } from '../health/check.js';
import { createPoolProbe } from '../health/pool-question.js';
import { invalidOption } from '../internal/options.js';

/** The part of a `pg` Pool or Client that this check uses. */
export interface PostgresClient {
  query(query: { text: string; query_timeout: number }): Promise<unknown>;
  /** Pool: how many wait for a connection. */
  readonly waitingCount?: number;
  /** Pool: how many connections are free. */
  readonly idleCount?: number;
}

/** The part of a postgres.js client (`postgres()`) that this check uses. */
export interface PostgresJsClient {
  unsafe(query: string): PromiseLike<unknown>;
}

/**
 * Checks that Postgres answers `SELECT 1`, on a connection of the pool that the app itself uses. A `pg` pool whose every
 * connection is in use is busy (`OVERLOADED`), not broken.
 *
 * `pg` gives the query up at the limit and its pool drops that connection, so one that died silently costs one run. Set the
 * pool's `connectionTimeoutMillis` as well: without it, a host that swallows packets keeps a run hanging for minutes.
 *
 * @throws {ConfigError} When the client has neither `query` nor `unsafe`.
 */
export function postgresCheck(client: PostgresClient | PostgresJsClient, options: CheckOptions = {}): HealthCheck {
  const { query, unsafe } = (client ?? {}) as Partial<PostgresClient & PostgresJsClient>;
  if (typeof unsafe === 'function') return { ...options, probe: () => unsafe('SELECT 1') };
  if (typeof query !== 'function')
    throw invalidOption('postgresCheck.client', 'a pg Pool or Client, or a postgres.js client', typeof client);
  const { timeoutMs = checkDefaults.timeoutMs } = options;
  const pool = client as PostgresClient;
  const ask = (): { answer: Promise<unknown>; isQueued: boolean } => ({
    answer: pool.query({ text: 'SELECT 1', query_timeout: timeoutMs }),
    isQueued: (pool.waitingCount ?? 0) > 0 && pool.idleCount === 0,
  });
  return { ...options, probe: createPoolProbe(ask, timeoutMs) };
}
