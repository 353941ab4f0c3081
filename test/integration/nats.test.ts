import { natsCheck, type NatsConnection } from '@throughline/core/checks/nats';
import { connect } from '@nats-io/transport-node';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type CheckSubject, describeCheck, healthOf, PASSWORD, PATIENCE } from '../contract/check.js';
import { startNats } from './nats-server.js';
import { describeOutages } from './outages.js';
import { hasCommand } from './require-service.js';
import type { ServerProcess } from './server-process.js';

const subject: Omit<CheckSubject, 'start'> = {
  name: 'nats',
  async connect(port, password) {
    const settings = { servers: `127.0.0.1:${port}`, user: 'shop', reconnectTimeWait: 10, maxReconnectAttempts: -1 };
    const connecting = connect({ ...settings, pass: password });
    const isConnected = (): Promise<boolean> =>
      connecting
        .then((connection) => connection.rtt())
        .then(
          () => true,
          () => false,
        );
    if (password === PASSWORD) await connecting;
    else connecting.catch(() => {}); // the check is told
    return {
      check: (options) => natsCheck(() => connecting, options),
      disconnected: () => vi.waitUntil(async () => !(await isConnected()), PATIENCE),
      reconnected: () => vi.waitUntil(isConnected, PATIENCE),
      close: () =>
        connecting.then(
          (connection) => connection.close(),
          () => {},
        ),
    };
  },
  codes: { closed: 'DISCONNECTED', denied: 'AUTH' },
  misuse: (given) => natsCheck(given as NatsConnection),
};

describe.skipIf(!hasCommand('nats-server'))('a real NATS (nats-server on the PATH)', () => {
  describeCheck({
    ...subject,
    async start() {
      const nats = await startNats(PASSWORD);
      return { port: nats.port, stop: () => nats.kill() };
    },
  });

  let server: ServerProcess;
  beforeAll(async () => void (server = await startNats(PASSWORD)), 30_000);
  afterAll(() => server?.kill());

  describeOutages(subject, () => server);

  it('says DISCONNECTED for a connection that was closed', async () => {
    const connection = await connect({ servers: `127.0.0.1:${server.port}`, user: 'shop', pass: PASSWORD });
    const health = healthOf(natsCheck(connection));
    expect((await health.check()).status).toBe('healthy');
    await connection.close();
    expect((await health.check()).checks).toMatchObject([{ status: 'down', code: 'DISCONNECTED' }]);
  });
});
