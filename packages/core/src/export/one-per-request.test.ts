import { describe, expect, it } from 'vitest';
import { report, simpleDestination, simulate, type Simulation } from '../../testing/simulation.js';

const verdict = (value: object): string => JSON.stringify(value);

/** A core whose destination takes one record a request, with these errors under way. */
async function sending(...messages: string[]): Promise<Simulation> {
  const simulation = simulate({ destinations: [{ ...simpleDestination(), maxEntriesPerRequest: 1 }] });
  for (const message of messages) simulation.core.offer(report(message));
  await simulation.clock.advance(0);
  return simulation;
}

describe('a destination that takes one record a request', () => {
  it('gets a batch as requests in a row, one in flight, and the next batch 500 ms later', async () => {
    const { core, clock, transport } = await sending('a', 'b', 'c');
    for (let index = 0; index < 3; index++) {
      expect(core.status()).toMatchObject([{ state: 'sending', delivered: index, queued: 3 - index }]);
      await clock.advance(40);
      await transport.answer(200);
    }
    core.offer(report('d'));
    await clock.advance(499);
    expect(core.status()).toMatchObject([{ state: 'idle', delivered: 3, queued: 1 }]);
    await clock.advance(1);
    expect(transport.sent.map(({ atMs, uids }) => [atMs, uids.length])).toEqual([
      [0, 1],
      [40, 1],
      [80, 1],
      [620, 1],
    ]);
    expect(transport.violations).toEqual([]);
  });

  it('gets 128 records at most before it is left in peace for 500 ms', async () => {
    const { clock, transport } = await sending(...Array.from({ length: 200 }, (_, index) => `m${index}`));
    while (transport.open) await transport.answer(200);
    expect(transport.sent).toHaveLength(128);
    await clock.advance(500);
    while (transport.open) await transport.answer(200);
    expect(transport.sent).toHaveLength(200);
  });

  it('gets nothing twice but the record whose request failed', async () => {
    const { core, clock, transport } = await sending('a', 'b', 'c');
    await transport.answer(200);
    await transport.fail('ECONNRESET');
    expect(core.status()).toMatchObject([{ state: 'backing-off', delivered: 1, queued: 2 }]);
    await clock.advance(30_000);
    while (transport.open) await transport.answer(200);
    const [a, b, again, c] = transport.sent.map(({ uids }) => uids[0]);
    expect(again).toBe(b);
    expect(new Set([a, b, c]).size).toBe(3);
    expect(transport.sent).toHaveLength(4);
    expect(core.status()).toMatchObject([{ delivered: 3, queued: 0 }]);
  });

  it('is left in peace in the middle of a batch when it asks for it, an hour if it must be', async () => {
    const { core, clock, transport } = await sending('a', 'b', 'c');
    await transport.answer(200, verdict({ kind: 'accepted', pauseMs: 3_600_000 }));
    expect(core.status()).toMatchObject([{ state: 'backing-off', delivered: 1, queued: 2 }]);
    await clock.advance(3_599_999);
    expect(transport.sent).toHaveLength(1);
    await clock.advance(720_001);
    while (transport.open) await transport.answer(200);
    expect(core.status()).toMatchObject([{ state: 'idle', delivered: 3 }]);
  });

  it('gets the neighbours of a record that it refuses, at once', async () => {
    const { core, transport } = await sending('a', 'b', 'c');
    await transport.answer(200);
    await transport.answer(200, verdict({ kind: 'rejected', separable: true }));
    await transport.answer(200);
    expect(core.status()).toMatchObject([{ delivered: 2, rejected: 1, queued: 0 }]);
  });

  it('gets a record once more, cut short, when the whole was too big', async () => {
    const { core, transport } = await sending('a', 'b');
    await transport.answer(200, verdict({ kind: 'too-big' }));
    await transport.answer(200, verdict({ kind: 'too-big' }));
    await transport.answer(200);
    expect(core.status()).toMatchObject([{ delivered: 1, rejected: 1, reasons: { too_big: 1 } }]);
  });

  it('holds no batch open beyond the end of close()', async () => {
    const { core, clock, transport } = await sending('a', 'b', 'c');
    const closed = core.close({ timeoutMs: 100 });
    await clock.advance(60);
    await transport.answer(200);
    await clock.advance(60);
    await closed;
    expect(transport.open).toBeUndefined();
    expect(core.status()).toMatchObject([{ state: 'closed', delivered: 1, dropped: 2, reasons: { closed: 2 } }]);
  });
});
