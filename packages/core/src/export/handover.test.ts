import { describe, expect, it } from 'vitest';
import { report, simpleDestination, simulate } from '../../testing/simulation.js';
import type { Handover } from './handover.js';

type Captured = Parameters<Handover['capture']>;

function handover(faults: Partial<Handover> = {}): Handover & { readonly taken: Captured[] } {
  const taken: Captured[] = [];
  return {
    name: 'sdk',
    endpoint: 'here',
    taken,
    isActive: () => true,
    capture: (...args) => void taken.push(args),
    flush: () => Promise.resolve(true),
    ...faults,
  };
}

function fails(): never {
  throw new Error('canary');
}

describe('a handover', () => {
  it('gets the error itself, at once, beside its redacted record', () => {
    const sdk = handover();
    const { core } = simulate({ destinations: [sdk] });
    const error = new Error('no mail to ada@example.com');
    core.offer(report('failed', { error, fields: { request_id: 'r-1', password: 'canary' } }));
    const [record, given, sender] = sdk.taken[0] ?? [];
    expect(given).toBe(error);
    expect(record).toMatchObject({ message: 'failed', attributes: { request_id: 'r-1' } });
    expect(JSON.stringify(record)).not.toMatch(/canary|ada@/);
    expect(sender).toMatchObject({ name: 'shop', nowMs: 1_764_000_000_000 });
    expect(core.status()).toMatchObject([
      { name: 'sdk', state: 'idle', offered: 1, delivered: 1, queued: 0, lastSendAt: '2025-11-24T16:00:00.000Z' },
    ]);
  });

  it('gets every repeat, while a destination beside it folds them', async () => {
    const sdk = handover();
    const { core, clock, transport } = simulate({ destinations: [sdk, simpleDestination()] });
    for (let index = 0; index < 5; index++) core.offer(report('same'));
    await clock.advance(0);
    await transport.answer(200);
    expect(sdk.taken).toHaveLength(5);
    expect(transport.sent).toHaveLength(1);
    expect(core.status()).toMatchObject([{ delivered: 5 }, { delivered: 5 }]);
  });

  it.each([
    ['is switched off', { isActive: () => false }, 'sdk_inactive'],
    ['throws', { capture: fails }, 'capture_failed'],
    ['throws when it is asked whether it is there', { isActive: fails }, 'capture_failed'],
  ])('that %s costs the error with a reason, and harms nobody', (_, faults, reason) => {
    const { core, problems } = simulate({ destinations: [handover(faults)] });
    core.offer(report('a'));
    core.offer(report('b'));
    expect(core.status()).toMatchObject([{ offered: 2, delivered: 0, dropped: 2, reasons: { [reason]: 2 } }]);
    expect(problems.map(({ code }) => code)).toEqual([reason.toUpperCase()]);
    expect(JSON.stringify(problems)).not.toContain('canary');
  });

  it('that is switched on again is told of once', () => {
    let isActive = false;
    const { core, problems } = simulate({ destinations: [handover({ isActive: () => isActive })] });
    core.offer(report('a'));
    isActive = true;
    core.offer(report('b'));
    expect(problems.map(({ code }) => code)).toEqual(['SDK_INACTIVE', 'RECOVERED']);
    expect(core.status()).toMatchObject([{ delivered: 1, dropped: 1 }]);
  });

  it('that logs an error over each one it gets makes no circle, now or later', async () => {
    let later: Promise<void> | undefined;
    const sdk = handover({
      capture() {
        core.offer(report('at once'));
        later = Promise.resolve().then(() => core.offer(report('later')));
      },
    });
    const { core } = simulate({ destinations: [sdk] });
    core.offer(report('a'));
    await later;
    expect(core.status()).toMatchObject([{ offered: 3, delivered: 1, dropped: 2, reasons: { reentrant: 2 } }]);
  });

  it('is asked at flush whether all is out, for as long as there is time', async () => {
    const asked: number[] = [];
    const flush = (timeoutMs: number): Promise<boolean> => Promise.resolve(asked.push(timeoutMs) > 1);
    const { core, clock } = simulate({ destinations: [handover({ flush })] });
    expect(await core.flush({ timeoutMs: 300 })).toBe(false);
    expect(await core.flush({ timeoutMs: 200 })).toBe(true);
    expect(asked).toEqual([300, 200]);
    expect(clock.pendingTimers).toBe(0);
  });

  it('that never answers, rejects or is switched off holds up no flush', async () => {
    const hung = simulate({ destinations: [handover({ flush: () => new Promise(() => {}) })] });
    const flushed = hung.core.flush({ timeoutMs: 100 });
    await hung.clock.advance(100);
    expect(await flushed).toBe(false);
    const rejecting = simulate({ destinations: [handover({ flush: () => Promise.reject(new Error('x')) })] });
    expect(await rejecting.core.flush()).toBe(false);
    const off = simulate({ destinations: [handover({ isActive: () => false, flush: fails })] });
    expect(await off.core.flush()).toBe(true);
  });

  it('is flushed at close and gets nothing afterwards', async () => {
    const sdk = handover();
    const { core } = simulate({ destinations: [sdk] });
    core.offer(report('a'));
    const closed = core.close();
    core.offer(report('late'));
    await closed;
    expect(sdk.taken).toHaveLength(1);
    expect(core.status()).toMatchObject([{ state: 'closed', offered: 2, delivered: 1, reasons: { closed: 1 } }]);
  });

  it('takes no share of the memory of a destination', () => {
    const destinations = [handover(), handover(), simpleDestination()];
    expect(() => simulate({ destinations, maxBytes: 65_536 })).not.toThrow();
  });
});
