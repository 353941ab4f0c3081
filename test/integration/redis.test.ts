import { createClient } from 'redis';
import { redisCheck } from '@throughline/core/checks/redis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { redisDrivers } from '../checks/redis-clients.js';
import { describeCheck, healthOf, PASSWORD, PATIENCE } from '../contract/check.js';
import { startRedis, type RedisServer } from './redis-server.js';
import { hasCommand } from './require-service.js';

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

  let server: RedisServer;
  beforeAll(async () => void (server = await startRedis(PASSWORD)), 30_000);
  afterAll(() => server?.kill());

  describe.each(redisDrivers)('$name', ({ connect }) => {
    it('turns to 503 when the server is killed, and back to 200 on the next probe once it runs', async () => {
      const client = await connect(server.port, PASSWORD);
      const health = healthOf(client.check());
      expect(await health.check()).toMatchObject({ httpStatus: 200 });
      await server.kill();
      await client.disconnected();
      await expect
        .poll(() => health.check(), PATIENCE)
        .toMatchObject({ httpStatus: 503, checks: [{ status: 'down', code: 'DISCONNECTED' }] });
      await server.start();
      await client.reconnected();
      expect(await health.check()).toMatchObject({ httpStatus: 200, checks: [{ status: 'ok' }] });
      await client.close();
    });

    it('says TIMEOUT while the server is suspended, at once from the second probe on, and recovers', async () => {
      const client = await connect(server.port, PASSWORD);
      const health = healthOf(client.check({ timeoutMs: 100 }));
      server.suspend();
      const first = await health.check();
      const second = await health.check();
      server.resume();
      expect(first.checks).toMatchObject([{ status: 'down', code: 'TIMEOUT' }]);
      expect(second.checks).toEqual(first.checks);
      await expect.poll(() => health.check(), PATIENCE).toMatchObject({ status: 'healthy' });
      await client.close();
    });

    it('recovers from a ping that was under way when the server died', async () => {
      const client = await connect(server.port, PASSWORD);
      const health = healthOf(client.check({ timeoutMs: 100 }));
      server.suspend();
      expect(await health.check()).toMatchObject({ status: 'unhealthy' });
      await server.kill();
      expect(await health.check()).toMatchObject({ status: 'unhealthy' });
      await server.start();
      await expect.poll(() => health.check(), PATIENCE).toMatchObject({ status: 'healthy' });
      await client.close();
    });
  });

  it('says AUTH when the user lost the right to ping', async () => {
    const client = await createClient({ url: `redis://:${PASSWORD}@127.0.0.1:${server.port}` })
      .on('error', () => {})
      .connect();
    await client.sendCommand(['ACL', 'SETUSER', 'default', '-ping']);
    expect((await healthOf(redisCheck(client)).check()).checks).toMatchObject([{ status: 'down', code: 'AUTH' }]);
    client.destroy();
  });
});
