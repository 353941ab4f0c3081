import { createClient } from 'redis';
import { redisCheck } from '@throughline/core/checks/redis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { redisDrivers } from '../checks/redis-clients.js';
import { describeCheck, healthOf, PASSWORD, unhurried } from '../contract/check.js';
import { describeOutages } from './outages.js';
import { startRedis } from './redis-server.js';
import { hasCommand } from './require-service.js';
import type { ServerProcess } from './server-process.js';

describe.skipIf(!hasCommand('redis-server'))('a real Redis (redis-server on the PATH)', () => {
  for (const driver of redisDrivers) {
    describeCheck({
      ...driver,
      async start() {
        const redis = await startRedis(PASSWORD);
        return { port: redis.port, stop: () => redis.kill() };
      },
    });
  }

  let server: ServerProcess;
  beforeAll(async () => void (server = await startRedis(PASSWORD)));
  afterAll(() => server?.kill());

  for (const driver of redisDrivers) describeOutages(driver, () => server);

  it('says AUTH when the user lost the right to ping', async () => {
    const client = await createClient({ url: `redis://:${PASSWORD}@127.0.0.1:${server.port}` })
      .on('error', () => {})
      .connect();
    await client.sendCommand(['ACL', 'SETUSER', 'default', '-ping']);
    expect((await healthOf(redisCheck(client, unhurried)).check()).checks).toMatchObject([
      { status: 'down', code: 'AUTH' },
    ]);
    client.destroy();
  });
});
