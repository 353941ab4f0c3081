/** Health check: MySQL or MariaDB answers a trivial query. */
import { checkDefaults, type CheckOptions, type HealthCheck } from '../health/check.js';
import { createPoolProbe, type PoolQuestion } from '../health/pool-question.js';
import { addressOf } from '../health/target.js';
import { invalidOption } from '../internal/options.js';

/** The part of a `mysql2` Pool or Connection that this check uses, of the promise API or of the callback API. */
export type MysqlClient = MysqlPool | MysqlConnection | { promise(): MysqlPool | MysqlConnection };

/** A `mysql2/promise` Connection, or one that a pool lends. */
export interface MysqlConnection {
  query(query: { sql: string; timeout: number }): Promise<unknown>;
  release?(): void;
  destroy?(): void;
}

/** A `mysql2/promise` Pool, which emits `enqueue` when somebody has to wait for a connection. */
export interface MysqlPool extends Pick<MysqlConnection, 'query'> {
  getConnection(): Promise<MysqlConnection>;
  once(event: 'enqueue', listener: () => void): unknown;
  removeListener(event: 'enqueue', listener: () => void): unknown;
}

/**
 * Checks that MySQL or MariaDB answers `SELECT 1`, on a connection of the pool that the app itself uses. A pool whose every
 * connection is in use is busy (`OVERLOADED`), not broken. A connection that does not answer in time is thrown away, so
 * one that died silently costs one run.
 *
 * @throws {ConfigError} When the client is none of `mysql2`.
 */
export function mysqlCheck(given: MysqlClient, options: CheckOptions = {}): HealthCheck {
  const client = promised(given);
  if (typeof client?.query !== 'function')
    throw invalidOption('mysqlCheck.client', 'a mysql2 Pool or Connection', typeof given);
  const { timeoutMs = checkDefaults.timeoutMs } = options;
  const query = { sql: 'SELECT 1', timeout: timeoutMs };
  const target = targetOf(client as Partial<Record<'pool' | 'connection', Wrapped>>);
  if (!('getConnection' in client)) return { target, ...options, probe: () => client.query(query) };
  return { target, ...options, probe: createPoolProbe(() => askPool(client, query), timeoutMs) };
}

function promised(given: MysqlClient): MysqlPool | MysqlConnection {
  const { promise } = (given ?? {}) as { promise?: unknown };
  return typeof promise === 'function' ? (given as { promise(): MysqlPool }).promise() : (given as MysqlPool);
}

/** Where the promise API keeps what it wraps, and that its settings. */
function targetOf({ pool, connection }: Partial<Record<'pool' | 'connection', Wrapped>>): string | undefined {
  const config = (pool ?? connection)?.config;
  const { host, port } = config?.connectionConfig ?? config ?? {};
  return addressOf(host, port);
}

interface Wrapped {
  readonly config?: Settings;
}

interface Settings {
  readonly host?: unknown;
  readonly port?: unknown;
  readonly connectionConfig?: Settings;
}

/** Tells by the pool's own event, which it emits before `getConnection` returns, whether it had a connection free. */
function askPool(pool: MysqlPool, query: { sql: string; timeout: number }): PoolQuestion {
  let isQueued = false;
  const onEnqueue = (): void => void (isQueued = true);
  pool.once('enqueue', onEnqueue);
  const lent = pool.getConnection();
  pool.removeListener('enqueue', onEnqueue);
  return { answer: lent.then((connection) => ask(connection, query)), isQueued: () => isQueued };
}

async function ask(connection: MysqlConnection, query: { sql: string; timeout: number }): Promise<void> {
  try {
    await connection.query(query);
    connection.release?.();
  } catch (error) {
    connection.destroy?.(); // mysql2 would keep one that did not answer for ever
    throw error;
  }
}
