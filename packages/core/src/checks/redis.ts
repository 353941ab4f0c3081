/** Health check: Redis answers a ping. */
import type { CheckOptions, HealthCheck } from '../health/check.js';
import { CheckError } from '../health/failure.js';
import { addressOf } from '../health/target.js';
import { invalidOption } from '../internal/options.js';

/** The part of a node-redis (4 to 6) or ioredis client that this check uses. */
export interface RedisClient {
  ping(): Promise<unknown>;
  /** node-redis: whether commands are sent, not queued. */
  readonly isReady?: boolean;
  /** ioredis: where the connection stands. */
  readonly status?: string;
  /** ioredis: opens the connection of a client made with `lazyConnect`. */
  connect?(): Promise<unknown>;
}

/**
 * Checks that Redis answers PONG, on the connection that the app itself uses; not for a client that subscribes.
 *
 * Without a connection it is down at once (`DISCONNECTED`): both clients would keep the ping in their offline queue. An
 * ioredis client made with `lazyConnect` is connected by the first run.
 *
 * @throws {ConfigError} When the client has no `ping`.
 */
export function redisCheck(client: RedisClient, options: CheckOptions = {}): HealthCheck {
  if (typeof client?.ping !== 'function') throw invalidOption('redisCheck.client', 'a Redis client', typeof client);
  return {
    target: targetOf(client as { readonly options?: Settings }),
    ...options,
    async probe() {
      if (client.status === 'wait') await client.connect?.();
      if (!isConnected(client)) throw new CheckError('DISCONNECTED', 'the Redis client has no connection');
      const answer = await client.ping();
      if (answer !== 'PONG') throw new CheckError('UNEXPECTED_ANSWER', 'PING was not answered with PONG');
    },
  };
}

/** Where node-redis and ioredis keep it. */
function targetOf({ options }: { readonly options?: Settings }): string | undefined {
  const { host, port } = options?.socket ?? options ?? {};
  return addressOf(host, port);
}

interface Settings {
  readonly host?: unknown;
  readonly port?: unknown;
  readonly socket?: Settings;
}

function isConnected({ isReady, status = 'ready' }: RedisClient): boolean {
  return isReady ?? status === 'ready';
}
