import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Probe } from './check.js';
import { createPoolProbe, type PoolQuestion } from './pool-question.js';

describe('createPoolProbe', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  /** What one run says within its limit of 100 ms. */
  async function run(probe: Probe): Promise<unknown> {
    const said = Promise.resolve(probe(new AbortController().signal)).then(
      () => 'ok',
      ({ code, degraded = false }: { code: string; degraded?: boolean }) => ({ code, degraded }),
    );
    await vi.advanceTimersByTimeAsync(99);
    return Promise.race([said, Promise.resolve('no answer')]);
  }

  const busy = { code: 'OVERLOADED', degraded: true };
  const never = new Promise<never>(() => {});

  it('says that the pool is busy before the time is up, and asks once', async () => {
    const ask = vi.fn<() => PoolQuestion>(() => ({ answer: never, isQueued: () => true }));
    const probe = createPoolProbe(ask, 100);
    expect([await run(probe), await run(probe)]).toEqual([busy, busy]);
    expect(ask).toHaveBeenCalledTimes(1);
  });

  it('leaves it to the runner to give up a question that had a connection', async () => {
    expect(await run(createPoolProbe(() => ({ answer: never, isQueued: () => false }), 100))).toBe('no answer');
  });

  it('says TIMEOUT when no connection came free for 5 s: the queries that fill the pool hang', async () => {
    const probe = createPoolProbe(() => ({ answer: never, isQueued: () => true }), 100);
    expect(await run(probe)).toEqual(busy);
    await vi.advanceTimersByTimeAsync(4_800);
    expect(await run(probe)).toEqual(busy);
    await vi.advanceTimersByTimeAsync(10);
    expect(await run(probe)).toEqual({ code: 'TIMEOUT', degraded: false });
  });

  it("counts on when the pool's own limit ends the wait each time", async () => {
    const ask = (): { answer: Promise<never>; isQueued(): boolean } => {
      const answer = new Promise<never>((_, reject) => setTimeout(() => reject(new Error('timeout exceeded')), 50));
      return { answer, isQueued: () => true };
    };
    const probe = createPoolProbe(ask, 100);
    expect(await run(probe)).toEqual(busy);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(await run(probe)).toEqual({ code: 'TIMEOUT', degraded: false });
  });

  it('counts anew once a question was answered', async () => {
    let turn = (): void => {};
    const ask = (): { answer: Promise<void>; isQueued(): boolean } => {
      return { answer: new Promise((resolve) => (turn = resolve)), isQueued: () => true };
    };
    const probe = createPoolProbe(ask, 100);
    expect(await run(probe)).toEqual(busy);
    await vi.advanceTimersByTimeAsync(6_000);
    turn();
    await vi.advanceTimersByTimeAsync(0);
    expect(await run(probe)).toEqual(busy);
  });

  it('asks whether the question is queued when the time is up, because some drivers only know then', async () => {
    let isQueued = false;
    const probe = createPoolProbe(() => ({ answer: never, isQueued: () => isQueued }), 100);
    expect(await run(probe)).toBe('no answer');
    isQueued = true;
    expect(await run(probe)).toEqual(busy);
  });

  it("passes another error of the driver's on", async () => {
    const answer = Promise.reject(Object.assign(new Error('gone'), { code: 'ECONNRESET' }));
    expect(await run(createPoolProbe(() => ({ answer, isQueued: () => true }), 100))).toMatchObject({
      code: 'ECONNRESET',
    });
  });
});
