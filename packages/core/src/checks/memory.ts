/** Health check: the process has memory left. */
import { getHeapStatistics } from 'node:v8';
import type { CheckOptions, HealthCheck } from '../health/check.js';
import { CheckError } from '../health/failure.js';
import { requireRange } from '../internal/options.js';

/** How much may be used; each limit that is given has to hold. */
export interface MemoryLimits {
  /** Part of V8's heap limit that may be used, from 0 to 1; at 1 the process dies. @default 0.95 */
  maxHeapRatio?: number;
  /** Bytes of heap that may be used. */
  maxHeapBytes?: number;
  /** Bytes of resident memory that the process may have, as the container's limit counts it. */
  maxRssBytes?: number;
}

/**
 * Checks that the process stays within limits of its heap and its resident memory. Heap that waits to be collected counts
 * as used, so a limit close to the usual use fails on and off.
 *
 * @throws {ConfigError} When a limit is out of range.
 */
export function memoryCheck(options: MemoryLimits & CheckOptions = {}): HealthCheck {
  const { maxHeapRatio = 0.95, maxHeapBytes, maxRssBytes, ...rest } = options;
  requireRange('memoryCheck.maxHeapRatio', maxHeapRatio, 0, 1);
  for (const [name, limit] of Object.entries({ maxHeapBytes, maxRssBytes }))
    if (limit !== undefined) requireRange(`memoryCheck.${name}`, limit, 1);
  return {
    kind: 'process',
    ...rest,
    probe() {
      const { used_heap_size: heap, heap_size_limit: heapLimit } = getHeapStatistics();
      requireWithin('heap', heap, Math.min(maxHeapRatio * heapLimit, maxHeapBytes ?? Infinity));
      if (maxRssBytes !== undefined) requireWithin('resident memory', process.memoryUsage.rss(), maxRssBytes);
    },
  };
}

function requireWithin(what: string, bytes: number, limit: number): void {
  if (bytes > limit)
    throw new CheckError('OVERLOADED', `${bytes} bytes of ${what} are used, above ${Math.floor(limit)}`);
}
