import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exporterTo, holdStill, Scene } from './scene.js';
import { answer, startWire, store, stored, type Reaction } from './wire.js';

holdStill();

const packed = { compression: 'gzip' } as const;

/** Ways to treat a request; each ends the exchange without help of the clock. */
const reactions: Record<string, Reaction> = {
  store,
  'store and close': (socket, { uids }) => socket.end(answer(200, stored(uids.length), { connection: 'close' })),
  'store and forget to say so': (socket, { uids }) => socket.end(answer(200, stored(uids.length))),
  'lose count': (socket) => socket.write(answer(200, stored(0))),
  'break off': (socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{'),
  reset: (socket) => socket.resetAndDestroy(),
  'hang up': (socket) => socket.end(),
  'speak nonsense': (socket) => socket.end('nonsense\r\n\r\n'),
  overload: (socket) => socket.write(answer(503, '', { 'retry-after': '1' })),
  'be too small': (socket, { uids }) => socket.write(uids.length > 3 ? answer(413) : answer(200, stored(uids.length))),
  'doubt the key': (socket) => socket.write(answer(403)),
  'talk too long': (socket, { uids }) => socket.write(`${answer(200, stored(uids.length))} and so on`),
};

describe('any run of faults', () => {
  it('loses no error without a reason, and delivers what it says it did', async () => {
    const step = fc.record({
      reaction: fc.constantFrom(...Object.keys(reactions)),
      count: fc.integer({ min: 0, max: 9 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 25 }), fc.boolean(), async (steps, isPacked) => {
        const wire = await startWire();
        const scene = new Scene(exporterTo(`http://127.0.0.1:${wire.port}`, isPacked ? packed : {}));
        for (const { reaction, count } of steps) {
          wire.react = reactions[reaction] ?? store;
          scene.fail(count);
          if (scene.status().queued > 0) await scene.attempt();
        }
        wire.react = store;
        await scene.drain();
        const { offered, delivered, unconfirmed, reasons } = scene.status();
        expect(delivered + unconfirmed).toBe(offered);
        expect(Object.keys(reasons).filter((reason) => reason !== 'unconfirmed')).toEqual([]);
        expect(new Set(wire.ledger).size).toBe(offered);
        await wire.close();
      }),
      { numRuns: 60 },
    );
  });
});
