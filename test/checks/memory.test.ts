import { getHeapStatistics } from 'node:v8';
import { memoryCheck } from '@throughline/core/checks/memory';
import { describe, expect, it, vi } from 'vitest';
import { healthOf } from '../contract/check.js';
import { describeLocalCheck } from '../contract/local-check.js';

vi.mock('node:v8', { spy: true });

describeLocalCheck({
  name: 'memory',
  within: (options) => memoryCheck(options),
  beyond: (options) => memoryCheck({ maxHeapBytes: 1, ...options }),
  misuses: [
    () => memoryCheck({ maxHeapRatio: 1.01 }),
    () => memoryCheck({ maxHeapRatio: -1 }),
    () => memoryCheck({ maxHeapBytes: 0 }),
    () => memoryCheck({ maxRssBytes: NaN }),
    () => memoryCheck({ maxRssBytes: '512 MiB' as unknown as number }),
  ],
});

async function reported(used: number, options: Parameters<typeof memoryCheck>[0] = {}): Promise<unknown> {
  const figures = { used_heap_size: used, heap_size_limit: 1000 };
  vi.mocked(getHeapStatistics).mockReturnValueOnce(figures as ReturnType<typeof getHeapStatistics>);
  return (await healthOf(memoryCheck(options)).check()).checks[0]?.status;
}

describe('memoryCheck', () => {
  it("allows 95 % of V8's limit when nothing is said", async () => {
    expect(await reported(950)).toBe('ok');
    expect(await reported(951)).toBe('down');
  });

  it('takes the lower one of both limits of the heap', async () => {
    expect(await reported(701, { maxHeapBytes: 700 })).toBe('down');
    expect(await reported(501, { maxHeapBytes: 700, maxHeapRatio: 0.5 })).toBe('down');
    expect(await reported(500, { maxHeapBytes: 700, maxHeapRatio: 0.5 })).toBe('ok');
  });

  it('counts resident memory, which holds buffers too', async () => {
    const rss = vi.spyOn(process.memoryUsage, 'rss').mockReturnValue(2 ** 29 + 1);
    expect(await reported(1, { maxRssBytes: 2 ** 29 })).toBe('down');
    rss.mockReturnValue(2 ** 29);
    expect(await reported(1, { maxRssBytes: 2 ** 29 })).toBe('ok');
    rss.mockRestore();
  });
});
