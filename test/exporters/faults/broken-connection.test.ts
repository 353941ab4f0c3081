import { describe, expect, it, vi } from 'vitest';
import { exporterTo, holdStill, Scene } from './scene.js';
import { answer, startWire, store, type Wire } from './wire.js';

holdStill();

const urlOf = ({ port }: Wire, host = '127.0.0.1'): string => `http://${host}:${port}`;

/** All that was logged has arrived, and is known to have. */
function expectAllDelivered(scene: Scene, wire: Wire, count: number): void {
  expect(scene.status()).toMatchObject({ state: 'idle', offered: count, delivered: count, queued: 0, reasons: {} });
  expect(new Set(wire.ledger).size).toBe(count);
}

describe('a connection that breaks', () => {
  it('while a batch is sent, brings it again whole', async () => {
    const wire = await startWire();
    wire.intercept = (socket, received) => {
      if (received.length > 50_000) socket.resetAndDestroy();
      return true;
    };
    const scene = new Scene(exporterTo(urlOf(wire)));
    scene.fail(100, { note: 'x'.repeat(2_000) });
    await scene.attempt();
    expect(scene.status()).toMatchObject({ state: 'backing-off', queued: 100 });
    wire.intercept = () => false;
    await scene.drain();
    expectAllDelivered(scene, wire, 100);
    expect(wire.duplicates).toBe(0);
  });

  it('with every batch that is too long for the server, brings shorter ones', async () => {
    const wire = await startWire();
    wire.intercept = (socket, received) => {
      if (received.length > 50_000) socket.resetAndDestroy();
      return received.length > 50_000;
    };
    const scene = new Scene(exporterTo(urlOf(wire)));
    scene.fail(100, { note: 'x'.repeat(2_000) });
    await scene.drain();
    expectAllDelivered(scene, wire, 100);
    expect(wire.duplicates).toBe(0);
  });

  it.each([
    ['after the batch', '', 'ECONNRESET'],
    ['in the middle of a status', 'HTTP/1.1 20', 'ECONNRESET'],
    ['in the middle of headers', 'HTTP/1.1 200 OK\r\ncontent-le', 'ECONNRESET'],
  ])('%s, brings it again once', async (_, said, code) => {
    const wire = await startWire((socket) => socket.write(said, () => socket.end()));
    const scene = new Scene(exporterTo(urlOf(wire)));
    scene.fail(5);
    await scene.attempt();
    expect(scene.status()).toMatchObject({ queued: 5, lastError: { code } });
    wire.react = store;
    await scene.drain();
    expectAllDelivered(scene, wire, 5);
    expect(wire.duplicates).toBe(5);
  });

  it.each(['none', 'gzip'] as const)(
    'because it was kept too long, is no trouble; bodies packed: %s',
    async (compression) => {
      const wire = await startWire();
      wire.intercept = (socket) => {
        const isKept =
          wire.requests.some(({ turn }) => turn === 1) && [...wire.open][0] === socket && wire.connections === 1;
        if (isKept) socket.end();
        return isKept;
      };
      const scene = new Scene(exporterTo(urlOf(wire), { compression }));
      for (let turn = 0; turn < 2; turn++) {
        scene.fail(20);
        await scene.attempt();
      }
      expectAllDelivered(scene, wire, 40);
      expect(wire.connections).toBe(2);
      expect(scene.problems).toEqual([]);
      expect(wire.requests[1]?.headers['content-encoding']).toBe(compression === 'gzip' ? 'gzip' : undefined);
    },
  );

  it('again and again after a success, does not make the batch come again and again', async () => {
    const wire = await startWire((socket) =>
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{', () => socket.resetAndDestroy()),
    );
    const scene = new Scene(exporterTo(urlOf(wire)));
    scene.fail(5);
    await scene.drain();
    vi.advanceTimersByTime(3_600_000);
    expect(scene.status()).toMatchObject({
      unconfirmed: 5,
      reasons: { unconfirmed: 5 },
      lastError: {
        code: 'ANSWER_CUT',
        message: expect.stringMatching(
          /^the answer broke off after HTTP 200 \(.+\); errors are sent once more, then counted as unconfirmed$/,
        ) as string,
      },
    });
    expect(wire.duplicates).toBe(5);
  });

  it('with a refusal that comes before the batch is whole, lets the refusal count', async () => {
    const wire = await startWire();
    wire.intercept = (socket, received) => {
      const length = Number(/content-length: (\d+)/i.exec(received.toString('latin1'))?.[1]);
      if (length < 60_000) return false;
      socket.end(answer(413, '', { connection: 'close' }));
      socket.on('finish', () => socket.resetAndDestroy());
      return true;
    };
    const scene = new Scene(exporterTo(urlOf(wire)));
    scene.fail(100, { note: 'x'.repeat(8_000) });
    await scene.drain();
    expectAllDelivered(scene, wire, 100);
    expect(wire.duplicates).toBe(0);
  });
});
