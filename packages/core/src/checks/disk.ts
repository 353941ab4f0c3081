/** Health check: a disk has room left. */
import { statfs } from 'node:fs/promises';
import type { CheckOptions, HealthCheck } from '../health/check.js';
import { CheckError } from '../health/failure.js';
import { invalidOption, requireRange } from '../internal/options.js';

/** How much room has to be left; both have to hold. */
export interface DiskLimits {
  /** Part of the disk that has to be free for this process, from 0 to 1. @default 0.05 */
  minFreeRatio?: number;
  /** Bytes that have to be free for this process. @default 0 */
  minFreeBytes?: number;
}

/**
 * Checks that the disk on which a path lies has room left. It reads the figures of the file system and writes nothing.
 *
 * @throws {ConfigError} When the path is no text or a limit is out of range.
 */
export function diskCheck(path: string, options: DiskLimits & CheckOptions = {}): HealthCheck {
  if (typeof path !== 'string' || path === '') throw invalidOption('diskCheck.path', 'a path', typeof path);
  const { minFreeRatio = 0.05, minFreeBytes = 0, ...rest } = options;
  requireRange('diskCheck.minFreeRatio', minFreeRatio, 0, 1);
  requireRange('diskCheck.minFreeBytes', minFreeBytes, 0);
  return {
    kind: 'process',
    ...rest,
    async probe() {
      const { bsize, blocks, bfree, bavail } = await statfs(path);
      const freeBytes = bavail * bsize;
      const ratio = bavail / (blocks - bfree + bavail); // as `df` has it: without what is kept for root
      if (freeBytes >= minFreeBytes && ratio >= minFreeRatio) return;
      throw new CheckError('OVERLOADED', `${freeBytes} bytes are free, ${(ratio * 100).toFixed(1)} %`);
    },
  };
}
