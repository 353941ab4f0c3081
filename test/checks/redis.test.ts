import type { ComponentReport } from '@throughline/core';
import { redisCheck, type RedisClient } from '@throughline/core/checks/redis';
import { Redis } from 'ioredis';
import { describe, expect, it, vi } from 'vitest';
import { describeCheck, healthOf, PASSWORD, unhurried } from '../contract/check.js';
import { redisDrivers } from './redis-clients.js';
import { startRedisStandIn } from './redis-stand-in.js';

for (const driver of redisDrivers) describeCheck({ ...driver, start: () => startRedisStandIn(PASSWORD) });

async function reported(client: RedisClient): Promise<ComponentReport | undefined> {
  return (await healthOf(redisCheck(client, unhurried)).check()).checks[0];
}

describe('redisCheck', () => {
  it.each([
    ['a node-redis client that is not ready', { isReady: false }],
    ['an ioredis client that reconnects', { status: 'reconnecting' }],
    ['an ioredis client that has ended', { status: 'end' }],
  ])('sends no ping into the offline queue of %s', async (_what, state) => {
    const ping = vi.fn<RedisClient['ping']>(() => new Promise(() => {}));
    expect(await reported({ ping, ...state })).toMatchObject({ status: 'down', code: 'DISCONNECTED' });
    expect(ping).not.toHaveBeenCalled();
  });

  it('connects an ioredis client made with lazyConnect', async () => {
    const server = await startRedisStandIn(PASSWORD);
    const client = new Redis({ port: server.port, password: PASSWORD, lazyConnect: true });
    expect(await reported(client)).toMatchObject({ status: 'ok' });
    client.disconnect();
    await server.stop();
  });

  it('sends no ping into the offline queue of an ioredis client made with lazyConnect that nobody answers', async () => {
    const client = new Redis({ port: 1, lazyConnect: true });
    client.on('error', () => {});
    const ping = vi.spyOn(client, 'ping');
    expect(await reported(client)).toMatchObject({ status: 'down', code: 'DISCONNECTED' });
    expect(ping).not.toHaveBeenCalled();
    client.disconnect();
  });

  it('takes any other client that can ping', async () => {
    expect(await reported({ ping: async () => 'PONG' })).toMatchObject({ status: 'ok' });
  });

  it.each([['pong'], [''], [undefined], [['PONG', '']]])('does not take %j for PONG', async (answer) => {
    expect(await reported({ ping: async () => answer })).toMatchObject({ status: 'down', code: 'UNEXPECTED_ANSWER' });
  });

  it.each([
    ['LOADING', 'LOADING Redis is loading the dataset in memory'],
    ['READONLY', "READONLY You can't write against a read only replica."],
    ['AUTH', 'NOAUTH Authentication required.'],
  ])('says %s when Redis answers so', async (code, message) => {
    expect(await reported({ ping: () => Promise.reject(new Error(message)) })).toMatchObject({ status: 'down', code });
  });
});
