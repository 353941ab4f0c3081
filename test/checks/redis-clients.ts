/** Redis clients: both drivers that `redisCheck` takes, connected as an app would. */
import { Redis } from 'ioredis';
import { createClient } from 'redis';
import { vi } from 'vitest';
import { redisCheck, type RedisClient } from '@throughline/core/checks/redis';
import type { CheckSubject, ConnectedCheck } from '../contract/check.js';
import { PASSWORD } from '../contract/check.js';
import { PATIENCE } from '../contract/patience.js';

type Connect = CheckSubject['connect'];

const RETRY_MS = 10;

const connectNodeRedis: Connect = async (port, password) => {
  const client = createClient({
    url: `redis://:${password}@127.0.0.1:${port}`,
    socket: { reconnectStrategy: RETRY_MS },
  });
  client.on('error', () => {}); // without a listener a lost connection would end the process
  const connecting = client.connect();
  if (password === PASSWORD) await connecting;
  else connecting.catch(() => {}); // tries for ever
  return connected(
    client,
    () => client.isReady,
    () => client.destroy(),
  );
};

const connectIoredis: Connect = async (port, password) => {
  const client = new Redis({ port, host: '127.0.0.1', password, retryStrategy: () => RETRY_MS });
  client.on('error', () => {});
  const check = connected(
    client,
    () => client.status === 'ready',
    () => client.disconnect(),
  );
  if (password === PASSWORD) await check.reconnected();
  return check;
};

function connected(client: RedisClient, isReady: () => boolean, close: () => void): ConnectedCheck {
  return {
    check: (options) => redisCheck(client, options),
    disconnected: () => vi.waitUntil(() => !isReady(), PATIENCE),
    reconnected: () => vi.waitUntil(isReady, PATIENCE),
    close,
  };
}

/** What the contract needs of each driver; the caller says which server. */
export const redisDrivers: Omit<CheckSubject, 'start'>[] = [
  { name: 'redis (node-redis)', connect: connectNodeRedis },
  { name: 'redis (ioredis)', connect: connectIoredis },
].map((driver) => ({
  ...driver,
  // a client that is refused keeps trying, so all that can be seen of it is that it has no connection
  codes: { closed: 'DISCONNECTED', denied: 'DISCONNECTED' },
  misuse: (given) => redisCheck(given as RedisClient),
}));
