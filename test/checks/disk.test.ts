import { statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { diskCheck } from '@throughline/core/checks/disk';
import { describe, expect, it, vi } from 'vitest';
import { healthOf, unhurried } from '../contract/check.js';
import { describeLocalCheck } from '../contract/local-check.js';

vi.mock('node:fs/promises', { spy: true });

const petabyte = 2 ** 50;

describeLocalCheck({
  name: 'disk',
  within: (options) => diskCheck(tmpdir(), { minFreeRatio: 0, minFreeBytes: 1, ...options }),
  beyond: (options) => diskCheck(tmpdir(), { minFreeBytes: petabyte, ...options }),
  misuses: [
    () => diskCheck(undefined as unknown as string),
    () => diskCheck(''),
    () => diskCheck('/', { minFreeRatio: 1.01 }),
    () => diskCheck('/', { minFreeRatio: -0.01 }),
    () => diskCheck('/', { minFreeBytes: -1 }),
    () => diskCheck('/', { minFreeBytes: NaN }),
  ],
});

/** A disk of 1000 blocks of 4 KiB, 50 of them kept for root. */
function diskWith(bavail: number): void {
  const figures = { bsize: 4096, blocks: 1000, bfree: bavail + 50, bavail };
  vi.mocked(statfs).mockResolvedValueOnce(figures as Awaited<ReturnType<typeof statfs>>);
}

async function reported(bavail: number, options: Parameters<typeof diskCheck>[1] = {}): Promise<unknown> {
  diskWith(bavail);
  return (await healthOf(diskCheck('/data', { ...unhurried, ...options })).check()).checks[0]?.status;
}

describe('diskCheck', () => {
  it('counts as df does: what is kept for root is not there', async () => {
    expect(await reported(95, { minFreeRatio: 0.1 })).toBe('ok'); // 95 of 950
    expect(await reported(94, { minFreeRatio: 0.1 })).toBe('down');
  });

  it('wants 5 % free when nothing is said', async () => {
    expect(await reported(48)).toBe('ok'); // 5.05 %
    expect(await reported(47)).toBe('down');
  });

  it('wants both limits to hold', async () => {
    const limits = { minFreeRatio: 0.1, minFreeBytes: 200 * 4096 };
    expect(await reported(200, limits)).toBe('ok');
    expect(await reported(199, limits)).toBe('down');
    expect(await reported(90, { ...limits, minFreeBytes: 0 })).toBe('down');
  });

  it('is down when the path is not there', async () => {
    const report = await healthOf(diskCheck('/nowhere/at/all', unhurried)).check();
    expect(report.checks).toMatchObject([{ status: 'down', code: 'EXCEPTION' }]);
  });
});
