/** Health check: the event loop keeps up. */
import { type IntervalHistogram, monitorEventLoopDelay } from 'node:perf_hooks';
import type { CheckOptions, HealthCheck } from '../health/check.js';
import { CheckError } from '../health/failure.js';
import { requireRange } from '../internal/options.js';

/** How late the event loop may be. */
export interface EventLoopLimits {
  /** Longest delay in milliseconds, at the percentile. @default 250 */
  maxDelayMs?: number;
  /** Part of the samples in percent that has to be within the limit, so that a single pause does not count. @default 99 */
  percentile?: number;
}

/** How often Node looks; a sample is this long even when nothing is late. */
const resolutionMs = 10;

/** Probes that come closer together share one window: a few samples say nothing. */
const minWindowMs = 200;

/**
 * Checks how late the timers of this process were between one run and the next. The first run starts the measuring and
 * is ok; it goes on for as long as the process lives, and does not keep it alive.
 *
 * @throws {ConfigError} When a limit is out of range.
 */
export function eventLoopCheck(options: EventLoopLimits & CheckOptions = {}): HealthCheck {
  const { maxDelayMs = 250, percentile = 99, ...rest } = options;
  requireRange('eventLoopCheck.maxDelayMs', maxDelayMs, 1);
  requireRange('eventLoopCheck.percentile', percentile, 1, 100);
  let histogram: IntervalHistogram | undefined;
  let sinceMs = performance.now();
  let delayMs = 0;
  return {
    kind: 'process',
    ...rest,
    probe() {
      if (!histogram) (histogram = monitorEventLoopDelay({ resolution: resolutionMs })).enable();
      if (histogram.count > 0 && performance.now() - sinceMs >= minWindowMs) {
        delayMs = histogram.percentile(percentile) / 1e6 - resolutionMs;
        histogram.reset();
        sinceMs = performance.now();
      }
      if (delayMs > maxDelayMs) throw new CheckError('OVERLOADED', `the event loop is ${Math.round(delayMs)} ms late`);
    },
  };
}
