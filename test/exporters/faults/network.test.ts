import dns from 'node:dns';
import { isIP } from 'node:net';
import { describe, expect, it, vi } from 'vitest';
import { exporterTo, holdStill, Scene } from './scene.js';
import { startWire, store, type Wire, type WireRequest } from './wire.js';

holdStill();

const urlOf = ({ port }: Wire, host = '127.0.0.1'): string => `http://${host}:${port}`;

/** All that was logged has arrived, and is known to have. */
function expectAllDelivered(scene: Scene, wire: Wire, count: number): void {
  expect(scene.status()).toMatchObject({ state: 'idle', offered: count, delivered: count, queued: 0, reasons: {} });
  expect(new Set(wire.ledger).size).toBe(count);
}

/** What the resolver says, one after the other. */
function answerLookups(...answers: unknown[][]): void {
  const lookup = vi.spyOn(dns, 'lookup');
  for (const said of answers) {
    const answering = (_: string, __: object, done: (...said: unknown[]) => void): unknown =>
      setImmediate(done, ...said);
    lookup.mockImplementationOnce(answering as typeof dns.lookup);
  }
}

describe('a server that is away', () => {
  it.each([1, 45, 600])('costs nothing but time, when it is for %i s', async (seconds) => {
    const wire = await startWire();
    const { port } = wire;
    await wire.close();
    const scene = new Scene(exporterTo(`http://127.0.0.1:${port}`));
    const backAtMs = Date.now() + seconds * 1_000;
    let attempts = 0;
    scene.fail(200);
    do {
      await scene.attempt();
      attempts++;
    } while (Date.parse(scene.status().nextAttemptAt ?? '') < backAtMs);
    expect(scene.status()).toMatchObject({ state: 'backing-off', lastError: { code: 'ECONNREFUSED' } });
    expect(attempts).toBeLessThanOrEqual(1 + seconds / 24);
    const back = await startWire(store, { port });
    vi.setSystemTime(Date.now());
    await scene.drain();
    expectAllDelivered(scene, back, 200);
    expect(back.duplicates).toBe(0);
    expect(scene.problems).toEqual(['ECONNREFUSED', 'RECOVERED']);
  });

  it('is told by its name, and found again at another address', async () => {
    const wire = await startWire();
    answerLookups(
      [Object.assign(new Error('getaddrinfo ENOTFOUND logs'), { code: 'ENOTFOUND' })],
      [Object.assign(new Error('getaddrinfo EAI_AGAIN logs'), { code: 'EAI_AGAIN' })],
      [null, [{ address: '127.0.0.2', family: 4 }]],
      [null, [{ address: '127.0.0.1', family: 4 }]],
    );
    const scene = new Scene(exporterTo(`http://logs.test.internal:${wire.port}`));
    scene.fail();
    await scene.drain();
    expectAllDelivered(scene, wire, 1);
    expect(scene.problems).toEqual(['ENOTFOUND', 'EAI_AGAIN', 'ECONNREFUSED', 'RECOVERED']);
  });

  it.each([
    ['127.0.0.1', '::1'],
    ['::1', '127.0.0.1'],
  ])('is found at %s alone, when its name stands for %s first', async (host, first) => {
    const wire = await startWire(store, { host });
    const addresses = [first, host].map((address) => ({ address, family: isIP(address) }));
    answerLookups([null, addresses], [null, addresses]);
    const scene = new Scene(exporterTo(urlOf(wire, 'localhost')));
    scene.fail();
    await scene.attempt();
    expectAllDelivered(scene, wire, 1);
  });

  it('is told by each address that was tried', async () => {
    const { port } = await startWire();
    answerLookups([null, ['127.0.0.3', '127.0.0.2'].map((address) => ({ address, family: 4 }))]);
    const scene = new Scene(exporterTo(`http://logs.test.internal:${port}`));
    scene.fail();
    await scene.attempt();
    expect(scene.status().lastError).toMatchObject({
      code: 'ECONNREFUSED',
      message: expect.stringContaining(
        `connect ECONNREFUSED 127.0.0.3:${port}, connect ECONNREFUSED 127.0.0.2:${port}`,
      ) as string,
    });
  });

  it('is not mistaken for another service at its port', async () => {
    const wire = await startWire();
    wire.intercept = (socket) => socket.write('SSH-2.0-OpenSSH_9.2\r\n');
    const scene = new Scene(exporterTo(urlOf(wire)));
    scene.fail();
    await scene.attempt();
    expect(scene.status()).toMatchObject({ state: 'backing-off', queued: 1 });
    wire.intercept = () => false;
    await scene.attempt();
    expectAllDelivered(scene, wire, 1);
  });
});

describe('a server that never answers', () => {
  it('has one request at most, which ends after 10 s with its connection', async () => {
    const wire = await startWire(() => undefined);
    const scene = new Scene(exporterTo(urlOf(wire)));
    scene.fail(3);
    for (let round = 1; round <= 3; round++) {
      await scene.attemptInVain(() => wire.requests.length === round && wire.open.size === 1);
      await scene.until(() => wire.open.size === 0);
    }
    wire.react = store;
    await scene.drain();
    expectAllDelivered(scene, wire, 3);
    expect(scene.problems).toEqual(['TIMEOUT', 'RECOVERED']);
  });

  it('is asked on a new connection, when it forgot the old one', async () => {
    const wire = await startWire((socket, request) => (request.turn === 1 ? store(socket, request) : undefined));
    const scene = new Scene(exporterTo(urlOf(wire)));
    scene.fail();
    await scene.attempt();
    scene.fail();
    await scene.attemptInVain(() => wire.requests.length === 2);
    await scene.attempt();
    expectAllDelivered(scene, wire, 2);
    expect(wire.duplicates).toBe(1);
  });

  it('does not hold up small batches for ever, when it is the link that is slow', async () => {
    const bytesPerAttempt = 6_000;
    const wire = await startWire((socket, request) => {
      if (request.body.length <= bytesPerAttempt) store(socket, request);
    });
    const scene = new Scene(exporterTo(urlOf(wire)));
    scene.fail(40);
    scene.fail(1, { note: 'x'.repeat(8_000), other: 'y'.repeat(8_000) });
    const sizes = [];
    while (scene.status().queued > 0) {
      const before = wire.requests.length;
      scene.begin();
      await scene.until(() => wire.requests.length > before);
      const { body, uids } = wire.requests.at(-1) as WireRequest;
      if (body.length > bytesPerAttempt) vi.advanceTimersByTime(10_000);
      await scene.until(() => scene.status().state !== 'sending');
      sizes.push(uids.length);
    }
    expectAllDelivered(scene, wire, 41);
    expect(sizes.slice(0, 4)).toEqual([41, 21, 11, 6]);
    expect(JSON.parse(wire.requests.at(-1)?.body ?? '')).toMatchObject([{ message: 'failure 40', truncated: true }]);
  });
});
