import { natsCheck, type NatsConnection } from '@throughline/core/checks/nats';
import { connect } from '@nats-io/transport-node';
import { connect as connectNats2 } from 'nats';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type CheckSubject, describeCheck, healthOf, PASSWORD, unhurried } from '../contract/check.js';
import { PATIENCE } from '../contract/patience.js';
import { startNats } from './nats-server.js';
import { describeOutages } from './outages.js';
import { hasCommand } from './require-service.js';
import type { ServerProcess } from './server-process.js';

interface Settings {
  readonly servers: string;
  readonly user: string;
  readonly pass: string;
  readonly reconnectTimeWait?: number;
  readonly maxReconnectAttempts?: number;
}

type Connection = NatsConnection & { close(): Promise<void> };

/** The client of today, and the one before it, which is another package. */
const generations: [name: string, connect: (settings: Settings) => Promise<Connection>][] = [
  ['@nats-io/transport-node', connect],
  ['nats 2', connectNats2],
];

const subjectOf = (name: string, open: (settings: Settings) => Promise<Connection>): Omit<CheckSubject, 'start'> => ({
  name: `nats (${name})`,
  async connect(port, pass) {
    const settings = { servers: `127.0.0.1:${port}`, user: 'shop', reconnectTimeWait: 10, maxReconnectAttempts: -1 };
    const connecting = open({ ...settings, pass });
    const isConnected = (): Promise<boolean> =>
      connecting
        .then((connection) => connection.rtt())
        .then(
          () => true,
          () => false,
        );
    if (pass === PASSWORD) await connecting;
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
});

describe.skipIf(!hasCommand('nats-server'))('a real NATS (nats-server on the PATH)', () => {
  let server: ServerProcess;
  beforeAll(async () => void (server = await startNats(PASSWORD)));
  afterAll(() => server?.kill());

  describe.each(generations)('%s', (name, open) => {
    const subject = subjectOf(name, open);
    describeCheck({ ...subject, start: () => Promise.resolve({ port: server.port, stop: () => {} }) });
    describeOutages(subject, () => server);

    it('says DISCONNECTED for a connection that was closed', async () => {
      const connection = await open({ servers: `127.0.0.1:${server.port}`, user: 'shop', pass: PASSWORD });
      const health = healthOf(natsCheck(connection, unhurried));
      expect((await health.check()).status).toBe('healthy');
      await connection.close();
      expect((await health.check()).checks).toMatchObject([{ status: 'down', code: 'DISCONNECTED' }]);
    });
  });
});
