/** Health check: MongoDB answers a ping. */
import { checkDefaults, type CheckOptions, type HealthCheck } from '../health/check.js';
import { createPoolProbe, type PoolQuestion } from '../health/pool-question.js';
import { addressOf } from '../health/target.js';
import { invalidOption } from '../internal/options.js';

/** The part of a `mongodb` Db that this check uses. */
export interface MongoDatabase {
  command(command: { ping: 1 }, options: { signal: AbortSignal }): Promise<unknown>;
  readonly client?: MongoPools;
}

/** The part of a MongoClient that tells how full its pools are. */
export interface MongoPools {
  readonly options?: { readonly maxPoolSize?: number; readonly hosts?: readonly object[]; readonly srvHost?: string };
  on?(event: 'connectionCheckOutStarted', listener: (event: { readonly address: string }) => void): unknown;
  on?(event: 'connectionCheckOutFailed', listener: (event: { readonly address: string }) => void): unknown;
  on?(event: 'connectionCheckedOut', listener: (event: MongoPoolEvent) => void): unknown;
  on?(event: 'connectionCheckedIn', listener: (event: MongoPoolEvent) => void): unknown;
  on?(event: 'connectionClosed', listener: (event: MongoPoolEvent) => void): unknown;
}

/** What happened to a connection of the pool of one server. */
export interface MongoPoolEvent {
  readonly address: string;
  readonly connectionId: number | '<monitor>';
}

/** Part of the limit after which the driver is stopped, so that it says why before the time is up. */
const patience = 0.9;

/**
 * Checks that MongoDB answers `ping`, which needs no rights, on a connection of the client that the app itself uses. A
 * pool whose every connection is in use is busy (`OVERLOADED`), not broken. A connection that does not answer in time is
 * thrown away by the driver, so one that died silently costs one run. An older driver that knows no signal waits for its `serverSelectionTimeoutMS`, 30 s by default.
 *
 * @param client A MongoClient or a Db.
 * @throws {ConfigError} When it is neither.
 */
export function mongodbCheck(
  client: MongoDatabase | (MongoPools & { db(): MongoDatabase }),
  options: CheckOptions = {},
): HealthCheck {
  const database = typeof client === 'object' && client && 'db' in client ? client.db() : client;
  if (typeof database?.command !== 'function')
    throw invalidOption('mongodbCheck.client', 'a MongoClient or a Db', typeof client);
  const { timeoutMs = checkDefaults.timeoutMs } = options;
  const owner = 'db' in client ? client : database.client;
  const isFull = watchPools(owner);
  const ask = (): PoolQuestion => {
    const isQueued = isFull();
    const answer = database.command({ ping: 1 }, { signal: AbortSignal.timeout(timeoutMs * patience) });
    return { answer, isQueued: () => isQueued };
  };
  return { target: targetOf(owner), ...options, probe: createPoolProbe(ask, timeoutMs) };
}

function targetOf(client: MongoPools | undefined): string | undefined {
  const { hosts = [], srvHost } = client?.options ?? {};
  return addressOf(srvHost ?? hosts.map(String), undefined);
}

/** What the commands of the application want of the pool of one server. */
interface Demand {
  readonly inUse: Set<unknown>;
  waiting: number;
}

/** Counts the connections in use and those who wait for one, which the driver tells in events alone. */
function watchPools(client: MongoPools | undefined): () => boolean {
  const max = client?.options?.maxPoolSize ?? 0;
  if (max === 0) return () => false; // it knows no limit
  const demands = new Map<string, Demand>();
  const at = (address: string): Demand => {
    const demand = demands.get(address) ?? { inUse: new Set(), waiting: 0 };
    demands.set(address, demand);
    return demand;
  };
  const end = ({ address, connectionId }: MongoPoolEvent): void => void at(address).inUse.delete(connectionId);
  client?.on?.('connectionCheckOutStarted', ({ address }) => void (at(address).waiting += 1));
  client?.on?.('connectionCheckOutFailed', ({ address }) => void (at(address).waiting -= 1));
  client?.on?.('connectionCheckedOut', ({ address, connectionId }) => {
    at(address).waiting -= 1;
    at(address).inUse.add(connectionId);
  });
  client?.on?.('connectionCheckedIn', end);
  client?.on?.('connectionClosed', end);
  return () => [...demands.values()].some(({ inUse, waiting }) => inUse.size + Math.max(0, waiting) >= max);
}
