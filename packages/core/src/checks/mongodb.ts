/** Health check: MongoDB answers a ping. */
import { checkDefaults, type CheckOptions, type HealthCheck } from '../health/check.js';
import { invalidOption } from '../internal/options.js';

/** The part of a `mongodb` Db that this check uses. */
export interface MongoDatabase {
  command(command: { ping: 1 }, options: { signal: AbortSignal }): Promise<unknown>;
}

/** Part of the limit after which the driver is stopped, so that it says why before the time is up. */
const patience = 0.9;

/**
 * Checks that MongoDB answers `ping`, which needs no rights, on a connection of the client that the app itself uses. A
 * connection that does not answer in time is thrown away by the driver, so one that died silently costs one run. An
 * older driver that knows no signal waits for its `serverSelectionTimeoutMS`, 30 s by default.
 *
 * @param client A MongoClient or a Db.
 * @throws {ConfigError} When it is neither.
 */
export function mongodbCheck(client: MongoDatabase | { db(): MongoDatabase }, options: CheckOptions = {}): HealthCheck {
  const database = typeof client === 'object' && client && 'db' in client ? client.db() : client;
  if (typeof database?.command !== 'function')
    throw invalidOption('mongodbCheck.client', 'a MongoClient or a Db', typeof client);
  const { timeoutMs = checkDefaults.timeoutMs } = options;
  return {
    ...options,
    probe: () => database.command({ ping: 1 }, { signal: AbortSignal.timeout(timeoutMs * patience) }),
  };
}
