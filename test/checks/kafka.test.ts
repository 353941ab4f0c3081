import { type Admin, Kafka, logLevel } from 'kafkajs';
import { kafkaCheck, type KafkaAdmin } from '@throughline/core/checks/kafka';
import { describe, expect, it } from 'vitest';
import { describeCheck, healthOf, PASSWORD, unhurried } from '../contract/check.js';
import { freePort } from '../integration/free-port.js';
import { type KafkaStub, startKafkaStub } from './kafka-stub.js';

function adminOf(port: number, password = PASSWORD): Admin {
  const sasl = { mechanism: 'plain', username: 'shop', password } as const;
  // A second is kafkajs' own limit, of which a busy machine may need more.
  const settings = { sasl, ssl: false, connectionTimeout: 10_000, logLevel: logLevel.NOTHING, retry: { retries: 0 } };
  return new Kafka({ brokers: [`127.0.0.1:${port}`], ...settings }).admin();
}

let stub: KafkaStub;

describeCheck({
  name: 'kafka (kafkajs, on a stub that answers the handshake)',
  start: async () => (stub = await startKafkaStub(PASSWORD)),
  async connect(port, password) {
    stub.brokers = [port];
    const admin = adminOf(port, password);
    return {
      check: (options) => kafkaCheck(admin, options),
      disconnected: async () => {},
      reconnected: async () => {},
      close: () => admin.disconnect(),
    };
  },
  codes: { closed: 'REFUSED', denied: 'AUTH' },
  misuse: (given) => kafkaCheck(given as KafkaAdmin),
});

describe('kafkaCheck', () => {
  it('says REFUSED on a closed port, by the real kafkajs', async () => {
    const admin = adminOf(await freePort());
    expect((await healthOf(kafkaCheck(admin, unhurried)).check()).checks).toMatchObject([
      { status: 'down', code: 'REFUSED' },
    ]);
    await admin.disconnect();
  });

  it('says UNEXPECTED_ANSWER for a cluster without a broker', async () => {
    const check = kafkaCheck({ describeCluster: async () => ({ brokers: [] }) });
    expect((await healthOf(check).check()).checks).toMatchObject([{ status: 'down', code: 'UNEXPECTED_ANSWER' }]);
  });

  it('says DISCONNECTED when kafkajs trips over an answer that no broker gave', async () => {
    const describeCluster: KafkaAdmin['describeCluster'] = async () => {
      throw new TypeError("Cannot destructure property 'brokers' of '(intermediate value)' as it is null.");
    };
    const report = await healthOf(kafkaCheck({ describeCluster })).check();
    expect(report.checks).toMatchObject([{ status: 'down', code: 'DISCONNECTED' }]);
  });
});
