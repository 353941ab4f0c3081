import { subscribe } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';
import { connect as connectManager } from 'amqp-connection-manager';
import { type ChannelModel, connect } from 'amqplib';
import { amqpCheck, type AmqpConnection } from '@throughline/core/checks/amqp';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type CheckSubject, describeCheck, healthOf, PASSWORD, unhurried } from '../contract/check.js';
import { PATIENCE } from '../contract/patience.js';
import { describeOutages } from './outages.js';
import { startRabbitmq, type RabbitmqServer } from './rabbitmq-server.js';
import { hasCommand } from './require-service.js';

type Connect = CheckSubject['connect'];

/** amqplib leaves a socket that breaks during its handshake without a listener, which would end the process. */
subscribe('net.client.socket', (message) => void (message as { socket: Socket }).socket.on('error', () => {}));

const RETRY_MS = 10;
const urlOf = (port: number, password: string): string => `amqp://shop:${password}@127.0.0.1:${port}`;

/** As an app that connects again by itself: the promise of the connection there is, or is to be. */
const connectAmqplib: Connect = async (port, password) => {
  let isClosed = false;
  let isConnected = false;
  let connecting: Promise<ChannelModel>;
  const open = (): void => {
    connecting = connect(urlOf(port, password));
    connecting.then(
      (connection) => {
        isConnected = true;
        connection.on('error', () => {}); // the close that follows says enough
        connection.on('close', () => {
          isConnected = false;
          open();
        });
      },
      () => void (isClosed || password !== PASSWORD || setTimeout(open, RETRY_MS)),
    );
  };
  open();
  if (password === PASSWORD) await vi.waitUntil(() => isConnected, PATIENCE);
  return {
    check: (options) => amqpCheck(() => connecting, options),
    disconnected: () => vi.waitUntil(() => !isConnected, PATIENCE),
    reconnected: () => vi.waitUntil(() => isConnected, PATIENCE),
    async close() {
      isClosed = true;
      const connection = await connecting.catch(() => undefined);
      connection?.removeAllListeners('close');
      await connection?.close().catch(() => {});
    },
  };
};

const connectWithManager: Connect = async (port, password) => {
  const manager = connectManager([urlOf(port, password)], { reconnectTimeInSeconds: RETRY_MS / 1000 });
  manager.on('error', () => {});
  if (password === PASSWORD) await vi.waitUntil(() => manager.isConnected(), PATIENCE);
  return {
    check: (options) => amqpCheck(manager, options),
    disconnected: () => vi.waitUntil(() => !manager.isConnected(), PATIENCE),
    reconnected: () => vi.waitUntil(() => manager.isConnected(), PATIENCE),
    close: () => manager.close(),
  };
};

const misuse: CheckSubject['misuse'] = (given) => amqpCheck(given as AmqpConnection);
const plain: Omit<CheckSubject, 'start'> = {
  name: 'amqp (amqplib)',
  connect: connectAmqplib,
  codes: { closed: 'REFUSED', denied: 'AUTH' },
  misuse,
};
const managed: Omit<CheckSubject, 'start'> = {
  name: 'amqp (amqp-connection-manager)',
  connect: connectWithManager,
  // a manager that is refused keeps trying, so all that can be seen of it is that it has no connection
  codes: { closed: 'DISCONNECTED', denied: 'DISCONNECTED' },
  misuse,
};
const drivers = [plain, managed];

describe.skipIf(!hasCommand('rabbitmq-server'))('a real RabbitMQ (rabbitmq-server on the PATH)', () => {
  let server: RabbitmqServer;
  beforeAll(async () => void (server = await startRabbitmq(PASSWORD)));
  afterAll(() => server?.remove());

  for (const driver of drivers)
    describeCheck({ ...driver, start: async () => ({ port: server.port, stop: () => {} }) });
  describeOutages(managed, () => server); // one driver: RabbitMQ takes seconds to start

  it('says DISCONNECTED for a connection that was closed', async () => {
    const connection = await connect(urlOf(server.port, PASSWORD));
    const health = healthOf(amqpCheck(connection, unhurried));
    expect((await health.check()).status).toBe('healthy');
    await connection.close();
    expect((await health.check()).checks).toMatchObject([{ status: 'down', code: 'DISCONNECTED' }]);
  });

  it('says DISCONNECTED while a function gives no connection', async () => {
    const health = healthOf(amqpCheck(() => undefined));
    expect((await health.check()).checks).toMatchObject([{ status: 'down', code: 'DISCONNECTED' }]);
  });

  it('leaves no channel open and declares nothing', async () => {
    const connection = await connect(urlOf(server.port, PASSWORD));
    const health = healthOf(amqpCheck(connection, unhurried));
    for (let probe = 0; probe < 5; probe += 1) await health.check();
    const code = '{length(rabbit_channel:list()), rabbit_amqqueue:count(), length(rabbit_exchange:list())}.';
    expect(await server.evaluate(code)).toMatchObject({ stdout: '{0,0,7}\n' });
    await connection.close();
  });

  it('says READONLY while the broker blocks publishers for want of memory, and is ok when it has some', async () => {
    const connection = await connect(urlOf(server.port, PASSWORD));
    const health = healthOf(amqpCheck(connection, unhurried));
    expect((await health.check()).status).toBe('healthy');
    const channel = await connection.createChannel();
    await server.evaluate('vm_memory_monitor:set_vm_memory_high_watermark(0.00001).');
    channel.publish('', 'nobody', Buffer.from('blocked')); // the broker tells who publishes
    await expect.poll(() => health.check(), PATIENCE).toMatchObject({ checks: [{ status: 'down', code: 'READONLY' }] });
    const next = await health.check();
    expect(next).toMatchObject({ checks: [{ status: 'down', code: 'READONLY' }] });
    await server.evaluate('vm_memory_monitor:set_vm_memory_high_watermark(0.4).');
    await expect.poll(() => health.check(), PATIENCE).toMatchObject({ status: 'healthy' });
    await connection.close();
  });
});
