import { spawnSync } from 'node:child_process';
import { type IntervalHistogram, monitorEventLoopDelay } from 'node:perf_hooks';
import { pathToFileURL } from 'node:url';
import { eventLoopCheck } from '@throughline/core/checks/event-loop';
import type { HealthCheck } from '@throughline/core';
import { describe, expect, it, vi } from 'vitest';
import { healthOf } from '../contract/check.js';
import { PATIENCE } from '../contract/patience.js';
import { describeLocalCheck } from '../contract/local-check.js';

vi.mock('node:perf_hooks', { spy: true });

/** Keeps the event loop from doing anything, as a long computation would. */
function block(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

/** What the check that was asked last has measured. */
function measured(): IntervalHistogram {
  return vi.mocked(monitorEventLoopDelay).mock.results.at(-1)?.value as IntervalHistogram;
}

/** One sample has to be taken before the block, and one after it. */
async function late(options: Parameters<typeof eventLoopCheck>[0]): Promise<HealthCheck> {
  const check = eventLoopCheck(options);
  const health = healthOf({ ...check, required: true });
  await health.check();
  await vi.waitUntil(() => measured().count > 0, PATIENCE);
  block(250);
  await vi.waitUntil(() => measured().max > 200e6, PATIENCE);
  return check;
}

describeLocalCheck({
  name: 'event-loop',
  within: (options) => eventLoopCheck(options),
  beyond: (options) => late({ maxDelayMs: 50, ...options }),
  misuses: [
    () => eventLoopCheck({ maxDelayMs: 0 }),
    () => eventLoopCheck({ maxDelayMs: NaN }),
    () => eventLoopCheck({ percentile: 0 }),
    () => eventLoopCheck({ percentile: 101 }),
  ],
});

describe('eventLoopCheck', () => {
  it('measures nothing until it is asked', () => {
    vi.mocked(monitorEventLoopDelay).mockClear();
    eventLoopCheck();
    expect(monitorEventLoopDelay).not.toHaveBeenCalled();
  });

  it('measures once, however often it is asked', async () => {
    vi.mocked(monitorEventLoopDelay).mockClear();
    const health = healthOf(eventLoopCheck());
    for (let probe = 0; probe < 20; probe += 1) await health.check();
    expect(monitorEventLoopDelay).toHaveBeenCalledTimes(1);
  });

  it('is ok with a delay below the limit', async () => {
    const health = healthOf(await late({ maxDelayMs: 60_000 }));
    expect((await health.check()).status).toBe('healthy');
  });

  it('says the same to probes within 200 ms, whatever was sampled since, and looks anew after that', async () => {
    let nowMs = 0;
    const now = vi.spyOn(performance, 'now').mockImplementation(() => nowMs);
    const samples = { count: 1, lateMs: 300, percentile: () => (samples.lateMs + 10) * 1e6 };
    const histogram = Object.assign(samples, { enable: () => true, reset: () => {} });
    vi.mocked(monitorEventLoopDelay).mockReturnValueOnce(histogram as unknown as IntervalHistogram);
    const health = healthOf(eventLoopCheck({ maxDelayMs: 50, required: true }));
    const statusAt = async (atMs: number): Promise<string> => {
      nowMs = atMs;
      return (await health.check()).status;
    };
    expect([await statusAt(0), await statusAt(199), await statusAt(200)]).toEqual(['healthy', 'healthy', 'unhealthy']);
    samples.lateMs = 0;
    expect([await statusAt(399), await statusAt(400)]).toEqual(['unhealthy', 'healthy']);
    now.mockRestore();
  });

  it('lets the process end', () => {
    const source = new URL('../../packages/core/dist/esm/checks/event-loop.js', import.meta.url);
    const code = `import { eventLoopCheck } from ${JSON.stringify(pathToFileURL(source.pathname).href)}; eventLoopCheck().probe();`;
    const { status } = spawnSync(process.execPath, ['--input-type=module', '-e', code], { timeout: PATIENCE.timeout });
    expect(status).toBe(0);
  });
});
