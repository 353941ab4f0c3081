import { describe, expect, inject, it } from 'vitest';
import { expectNothingLost, startOn } from '../shutdown/loses-nothing.js';

const start = (options: object, delayMs?: number): ReturnType<typeof startOn> =>
  startOn(inject('workspace'), 'nest', options, delayMs);

describe.each(['express', 'fastify'])(`nest ${inject('major')} on %s, told to end`, (platform) => {
  it('loses no request of 200 a second, and runs its hooks, though nobody enabled them', async () => {
    const doomed = await start({ platform, signals: 'none' });
    expect(await expectNothingLost(doomed)).toEqual({ code: 0, signal: null });
    expect(doomed.lines).toContainEqual({ say: 'last hook after SIGTERM' });
  });

  it('loses none either when Nest handles the signal, and ends with it', async () => {
    const doomed = await start({ platform, signals: 'nest' });
    expect(await expectNothingLost(doomed)).toEqual({ code: null, signal: 'SIGTERM' });
    expect(doomed.lines).toContainEqual({ say: 'last hook after SIGTERM' });
  });
});

describe(`nest ${inject('major')}`, () => {
  const platform = 'express';

  it('leaves the end to an application that handles the signal itself', async () => {
    const doomed = await start({ platform, signals: 'own' });
    expect(await expectNothingLost(doomed)).toEqual({ code: 5, signal: null });
    expect(doomed.lines.at(-1)).toEqual({ say: 'own handler goes on' });
  });

  it.each(['none', 'nest', 'own'])('ends at once on a second signal, which is handled by %s', async (signals) => {
    const doomed = await start({ platform, signals }, 8000);
    doomed.kill();
    await doomed.untilMessage('shutdown begins');
    doomed.kill();
    expect(await doomed.ended).toEqual({ code: 143, signal: null });
  });

  it.each(['none', 'nest'])('outlives a hook that hangs, the signal handled by %s', async (signals) => {
    const doomed = await start({ platform, signals, hang: 'hook', shutdown: { hooksTimeoutMs: 100 } }, 0);
    doomed.kill();
    expect(await doomed.ended).toEqual({ code: 0, signal: null });
    expect(doomed.lines).toContainEqual(
      expect.objectContaining({ level: 'error', hook: 'application', msg: 'shutdown hook timed out' }),
    );
  });

  it('outlives a hook that throws', async () => {
    const doomed = await start({ platform, signals: 'none', hang: 'throw' }, 0);
    doomed.kill();
    expect(await doomed.ended).toEqual({ code: 0, signal: null });
    // Nest 12 goes on with the other hooks, before it gives up the rest of them.
    const [told] = doomed.lines.filter(({ say, msg }) => say === 'last hook after SIGTERM' || msg?.endsWith('failed'));
    expect(told).toMatchObject(
      Number(inject('major')) < 12 ? { hook: 'application', err: { message: 'the pool would not end' } } : {},
    );
    expect(doomed.lines.at(-1)).toMatchObject({ msg: 'shutdown complete' });
  });

  it('refuses, while it is created, parts that do not fit into the grace period', async () => {
    await expect(start({ platform, shutdown: { gracePeriodMs: 10_000 } })).rejects.toThrow(
      'gracePeriodMs must be at least 25000, which a shutdown may take (delayMs 3000 + closeTimeoutMs 10000 + hooks.application 10000 + flushTimeoutMs 2000), got 10000',
    );
  });
});
