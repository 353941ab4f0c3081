/** Health check: Postgres answers a trivial query. */
import { checkDefaults, type CheckOptions, type HealthCheck } from '../health/check.js';
import { createPoolProbe, type PoolQuestion } from '../health/pool-question.js';
import { addressOf, withoutCredentials } from '../health/target.js';
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
  unsafe(query: string): PromiseLike<unknown> & PostgresJsQuery;
}

/** What postgres.js knows of a query, though it does not say so in its manual. */
export interface PostgresJsQuery {
  /** Set once a connection has it. */
  readonly state?: unknown;
  /** Whether Postgres works on it; `false` while that connection works on the queries before it. */
  readonly active?: boolean;
}

/**
 * Checks that Postgres answers `SELECT 1`, on a connection of the pool that the app itself uses. A pool whose every
 * connection is in use is busy (`OVERLOADED`), not broken.
 *
 * `pg` gives the query up at the limit and its pool drops that connection, so one that died silently costs one run. Set the
 * pool's `connectionTimeoutMillis` as well: without it, a host that swallows packets keeps a run hanging for minutes.
 *
 * @throws {ConfigError} When the client has neither `query` nor `unsafe`.
 */
export function postgresCheck(client: PostgresClient | PostgresJsClient, options: CheckOptions = {}): HealthCheck {
  const { query, unsafe } = (client ?? {}) as Partial<PostgresClient & PostgresJsClient>;
  const isPostgresJs = typeof unsafe === 'function';
  if (!isPostgresJs && typeof query !== 'function')
    throw invalidOption('postgresCheck.client', 'a pg Pool or Client, or a postgres.js client', typeof client);
  const { timeoutMs = checkDefaults.timeoutMs } = options;
  const ask = (): PoolQuestion =>
    isPostgresJs ? askPostgresJs(client as PostgresJsClient) : askPg(client as PostgresClient, timeoutMs);
  return { target: targetOf(client as Place), ...options, probe: createPoolProbe(ask, timeoutMs) };
}

/** Where a `pg` Pool, a `pg` Client and postgres.js keep it; a pool that takes it from the environment does not. */
function targetOf(client: Place & { readonly options?: Place }): string | undefined {
  const { connectionString, host, port } = client.options ?? client;
  if (typeof connectionString === 'string') return withoutCredentials(connectionString);
  return addressOf(host, port ?? 5432);
}

interface Place {
  readonly connectionString?: unknown;
  readonly host?: unknown;
  readonly port?: unknown;
}

function askPg(pool: PostgresClient, timeoutMs: number): PoolQuestion {
  const answer = pool.query({ text: 'SELECT 1', query_timeout: timeoutMs });
  const isQueued = (pool.waitingCount ?? 0) > 0 && pool.idleCount === 0;
  return { answer, isQueued: () => isQueued };
}

/** Sends it on a connection that is busy when all are, where it waits for what was sent before. */
function askPostgresJs(sql: PostgresJsClient): PoolQuestion {
  const query = sql.unsafe('SELECT 1');
  let hasEnded = false;
  const answer = Promise.resolve(query).finally(() => (hasEnded = true));
  return { answer, isQueued: () => !hasEnded && query.active === false && (query.state ?? undefined) !== undefined };
}
