import { MongoClient, type MongoClientOptions } from 'mongodb';
import { mongodbCheck, type MongoDatabase } from '@throughline/core/checks/mongodb';
import { describe, expect, it, vi } from 'vitest';
import { answered, describeCheck, healthOf, PASSWORD, unhurried } from '../contract/check.js';
import { PATIENCE } from '../contract/patience.js';
import { createFaultyProxy } from '../contract/faulty-proxy.js';
import { freePort } from '../integration/free-port.js';
import { startMongoStub } from './mongodb-stub.js';

function clientOf(port: number, password = PASSWORD, options: MongoClientOptions = {}): MongoClient {
  return new MongoClient(`mongodb://127.0.0.1:${port}`, {
    auth: { username: 'shop', password },
    authMechanism: 'PLAIN',
    serverApi: '1',
    heartbeatFrequencyMS: 500,
    ...options,
  });
}

describeCheck({
  name: 'mongodb (on a stub that answers the handshake)',
  start: () => startMongoStub(PASSWORD),
  async connect(port, password) {
    const client = clientOf(port, password);
    let isKnown = false;
    client.on('serverDescriptionChanged', ({ newDescription }) => void (isKnown = newDescription.type !== 'Unknown'));
    if (password === PASSWORD) await client.connect();
    return {
      check: (options) => mongodbCheck(client, options),
      disconnected: () => vi.waitUntil(() => !isKnown, PATIENCE),
      reconnected: () => vi.waitUntil(() => isKnown, PATIENCE),
      close: () => client.close(),
    };
  },
  codes: { closed: 'REFUSED', denied: 'AUTH' },
  misuse: (given) => mongodbCheck(given as MongoDatabase),
});

describe('mongodbCheck', () => {
  it('says REFUSED on a closed port, by the real driver', async () => {
    const client = clientOf(await freePort(), PASSWORD, { serverSelectionTimeoutMS: 100 });
    const health = healthOf(mongodbCheck(client, unhurried));
    // The driver gives up after 100 ms, in which a busy machine may have been refused nothing yet.
    await expect.poll(() => health.check(), PATIENCE).toMatchObject({ checks: [{ status: 'down', code: 'REFUSED' }] });
    await client.close();
  });

  it('takes a Db as well as a MongoClient', async () => {
    const stub = await startMongoStub(PASSWORD);
    const client = clientOf(stub.port);
    expect((await healthOf(mongodbCheck(client.db('shop'), unhurried)).check()).status).toBe('healthy');
    await client.close();
    stub.stop();
  });

  it('asks for nothing but a ping', async () => {
    const command = vi.fn<MongoDatabase['command']>(async () => ({ ok: 1 }));
    expect((await healthOf(mongodbCheck({ command })).check()).status).toBe('healthy');
    expect(command.mock.calls).toEqual([[{ ping: 1 }, { signal: expect.any(AbortSignal) }]]);
  });

  it.each([
    ['a MongoClient', (client: MongoClient) => mongodbCheck(client, { timeoutMs: 100 })],
    ['a Db', (client: MongoClient) => mongodbCheck(client.db('shop'), { timeoutMs: 100 })],
  ])('is busy, not broken, while every connection of the pool is in use: %s', async (_, checkOf) => {
    const stub = await startMongoStub(PASSWORD);
    const client = await clientOf(stub.port, PASSWORD, { maxPoolSize: 2 }).connect();
    const health = healthOf(checkOf(client));
    await expect.poll(() => health.check(), PATIENCE).toMatchObject({ status: 'healthy' });
    const inUse = new AbortController();
    const sleep = async (): Promise<void> => {
      const expected = stub.sleeping + 1;
      client
        .db()
        .command({ sleep: 1 }, { signal: inUse.signal })
        .catch(() => {});
      await vi.waitUntil(() => stub.sleeping === expected, PATIENCE);
    };
    await sleep();
    await expect.poll(() => health.check(), PATIENCE).toMatchObject({ status: 'healthy' });
    await sleep();
    const busy = { httpStatus: 200, checks: [{ status: 'degraded', code: 'OVERLOADED' }] };
    expect([await health.check(), await health.check()]).toMatchObject([busy, busy]);
    inUse.abort();
    await expect.poll(() => health.check(), PATIENCE).toMatchObject({ status: 'healthy' });
    await client.close(true);
    stub.stop();
  });

  it('drops a connection that died silently, and is ok on the next probe over another', async () => {
    const stub = await startMongoStub(PASSWORD);
    const proxy = await createFaultyProxy(stub.port);
    const client = await clientOf(proxy.port).connect();
    const health = healthOf(mongodbCheck(client, { timeoutMs: 200 }));
    expect((await answered(health)).status).toBe('healthy');
    const before = proxy.connections;
    proxy.forget();
    expect((await health.check()).checks).toMatchObject([{ status: 'down', code: 'TIMEOUT' }]);
    expect((await answered(health)).status).toBe('healthy');
    expect(proxy.connections).toBeGreaterThan(before);
    await client.close(true);
    await proxy.close();
    stub.stop();
  });
});
