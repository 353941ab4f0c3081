/** Exporter core: takes error reports, each error once, to every destination by itself. */
import { holdProcess } from '../internal/hold-process.js';
import { requireRange, withDefaults } from '../internal/options.js';
import { assemble, exporterDefaults, type ExporterCoreOptions } from './assembly.js';
import { isHandover } from './handover.js';
import type { ExporterStatus } from './taker.js';
import type { ErrorReport } from './report.js';
import type { SpoolStatus } from './spool/spool.js';

export interface ExporterCore {
  /** Whether there is any destination; without one, nothing here does anything. */
  readonly active: boolean;
  /** Takes a report. Never throws, never waits; an error object that was offered before is left out. */
  offer(report: ErrorReport): void;
  status(): ExporterStatus[];
  /** What is on disk; `undefined` without a spool. */
  spoolStatus(): SpoolStatus | undefined;
  /**
   * Resolves with true when all reports are out, with false when the time is over first. Never rejects.
   *
   * @param options `timeoutMs`: longest time to wait, in milliseconds; 5000 if left out.
   */
  flush(options?: { timeoutMs?: number }): Promise<boolean>;
  /**
   * Sends what it can, leaves the rest in the spool, and drops it where there is none; the second call awaits the first.
   * Never rejects.
   *
   * @param options `timeoutMs`: longest time to wait, in milliseconds; 2000 if left out.
   */
  close(options?: { timeoutMs?: number }): Promise<void>;
}

const flushTimeoutMs = 5_000;
const closeTimeoutMs = 2_000;

const inertExporter: ExporterCore = {
  active: false,
  offer: () => undefined,
  status: () => [],
  spoolStatus: () => undefined,
  flush: () => Promise.resolve(true),
  close: () => Promise.resolve(),
};

/**
 * Makes the exporter core.
 *
 * @throws {ConfigError} When `maxBytes` leaves a destination less than 64 KiB, or the spool cannot be what is asked for.
 */
export function createExporterCore(options: ExporterCoreOptions): ExporterCore {
  const { destinations } = options;
  if (destinations.length === 0) return inertExporter;
  const { maxBytes } = withDefaults(exporterDefaults, { maxBytes: options.maxBytes });
  // Who takes errors over at once needs no memory for them.
  const shares = destinations.filter((destination) => !isHandover(destination)).length;
  requireRange('maxBytes', maxBytes, minShareBytes * shares);
  const { takers, spool, offer, flush } = assemble(options, maxBytes / shares);
  let closing: Promise<void> | undefined;
  return {
    active: true,
    offer,
    status: () => takers.map((taker) => taker.status()),
    spoolStatus: () => spool?.status(),
    flush: ({ timeoutMs = flushTimeoutMs } = {}) => holdProcess(flush(timeoutMs)),
    close({ timeoutMs = closeTimeoutMs } = {}) {
      const closed = Promise.all(takers.map((taker) => taker.close(timeoutMs)));
      closing ??= holdProcess(closed.then(() => spool?.close()));
      return closing;
    },
  };
}

/** Room for a few records at least; less would drop everything. */
const minShareBytes = 65_536;
