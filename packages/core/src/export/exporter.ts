/** Exporter core: takes error reports, each error once, to every destination by itself. */
import { randomUUID } from 'node:crypto';
import { homedir, hostname } from 'node:os';
import { systemClock, type Clock } from '../internal/clock.js';
import { holdProcess } from '../internal/hold-process.js';
import { requireRange, withDefaults } from '../internal/options.js';
import type { Redactor } from '../internal/redact.js';
import type { ServiceInfo } from '../internal/service.js';
import type { Destination } from './destination.js';
import { fingerprintOf } from './fold.js';
import { type Handover, HandoverTaker } from './handover.js';
import { Pipeline, type ExporterStatus } from './pipeline.js';
import { createHttpTransport } from './post.js';
import type { ExportProblem } from './problem.js';
import { createRecorder } from './record.js';
import type { ErrorReport } from './report.js';
import { createScrub } from './scrub.js';
import type { Taker } from './taker.js';
import type { Transport } from './transport.js';
import { createUlid } from './ulid.js';

export interface ExporterCore {
  /** Whether there is any destination; without one, nothing here does anything. */
  readonly active: boolean;
  /** Takes a report. Never throws, never waits; an error object that was offered before is left out. */
  offer(report: ErrorReport): void;
  status(): ExporterStatus[];
  /**
   * Resolves with true when all reports are out, with false when the time is over first. Never rejects.
   *
   * @param options `timeoutMs`: longest time to wait, in milliseconds; 5000 if left out.
   */
  flush(options?: { timeoutMs?: number }): Promise<boolean>;
  /**
   * Sends what it can and drops the rest; the second call awaits the first. Never rejects.
   *
   * @param options `timeoutMs`: longest time to wait, in milliseconds; 2000 if left out.
   */
  close(options?: { timeoutMs?: number }): Promise<void>;
}

export interface ExporterCoreOptions {
  destinations: readonly (Destination | Handover)[];
  service: ServiceInfo;
  redactor: Redactor;
  /** Called once per change: when a kind of trouble begins, and when all is well again. */
  onProblem?: (problem: ExportProblem) => void;
  /** Bound on the memory of all that waits, in bytes; each destination has an equal share. @default 8_388_608 */
  maxBytes?: number;
  /** Directory of the application, left out of stacks; the working directory if not given. */
  root?: string;
  /** Time, transport and chance, for tests. */
  clock?: Clock;
  createTransport?: (clock: Clock, destination: Destination) => Transport;
  random?: () => number;
}

export const exporterDefaults: { maxBytes: number } = { maxBytes: 8_388_608 };

const flushTimeoutMs = 5_000;
const closeTimeoutMs = 2_000;

const inertExporter: ExporterCore = {
  active: false,
  offer: () => undefined,
  status: () => [],
  flush: () => Promise.resolve(true),
  close: () => Promise.resolve(),
};

/**
 * Makes the exporter core.
 *
 * @throws {ConfigError} When `maxBytes` leaves a destination less than 64 KiB.
 */
export function createExporterCore(options: ExporterCoreOptions): ExporterCore {
  const { destinations } = options;
  if (destinations.length === 0) return inertExporter;
  const { maxBytes } = withDefaults(exporterDefaults, { maxBytes: options.maxBytes });
  // Who takes errors over at once needs no memory for them.
  const shares = destinations.filter((destination) => !isHandover(destination)).length;
  requireRange('maxBytes', maxBytes, minShareBytes * shares);
  const pipelines = createPipelines(options, maxBytes / shares);
  const offer = createIntake(options, pipelines);
  return {
    active: true,
    offer,
    status: () => pipelines.map((pipeline) => pipeline.status()),
    async flush({ timeoutMs = flushTimeoutMs } = {}) {
      const results = await holdProcess(Promise.all(pipelines.map((pipeline) => pipeline.flush(timeoutMs))));
      return results.every(Boolean);
    },
    async close({ timeoutMs = closeTimeoutMs } = {}) {
      await holdProcess(Promise.all(pipelines.map((pipeline) => pipeline.close(timeoutMs))));
    },
  };
}

/** Room for a few records at least; less would drop everything. */
const minShareBytes = 65_536;

function createPipelines(options: ExporterCoreOptions, maxBytes: number): Taker[] {
  const { clock = systemClock, createTransport = createHttpTransport, random = Math.random } = options;
  const sender = { ...options.service, host: orNothing(hostname), pid: process.pid, instanceId: randomUUID() };
  const scrub = createScrub(options.redactor);
  const tell = options.onProblem ?? (() => undefined);
  return options.destinations.map((destination) => {
    if (isHandover(destination)) return new HandoverTaker({ handover: destination, sender, clock, tell });
    const transport = destination.createTransport?.() ?? createTransport(clock, destination);
    return new Pipeline({ destination, sender, transport, clock, random, maxBytes, scrub, tell });
  });
}

function isHandover(destination: Destination | Handover): destination is Handover {
  return 'capture' in destination;
}

function createIntake(options: ExporterCoreOptions, pipelines: readonly Taker[]): (report: ErrorReport) => void {
  const { redactor, clock = systemClock, root = orNothing(() => process.cwd()) } = options;
  const isRepeated = createOfferedErrors();
  const record = createRecorder({ redactor, createUid: createUlid(), root, home: orNothing(homedir) });
  return (report) => {
    let takers = pipelines;
    try {
      if (isRepeated(report)) return;
      const timeMs = isTime(report.timeMs) ? report.timeMs : clock.now();
      const fingerprint = fingerprintOf(report);
      takers = pipelines.filter((pipeline) => !pipeline.absorb(fingerprint, timeMs));
      if (takers.length === 0) return;
      const made = record({ ...report, timeMs });
      for (const pipeline of takers) pipeline.accept(made, fingerprint, report.error);
    } catch {
      for (const pipeline of takers) pipeline.refuse('unreadable');
    }
  };
}

/** Whether a ULID can hold the time: from 1970 to the year 10889. */
function isTime(timeMs: number): boolean {
  return timeMs >= 0 && timeMs < 2 ** 48;
}

/** What the system says of itself, or nothing: a process may outlive its directory, and have no home. */
function orNothing(ask: () => string): string {
  try {
    return ask();
  } catch {
    return '';
  }
}

/**
 * Makes the memory of errors that were offered, by identity: works for frozen ones too. An error object that a later
 * request throws again, such as a constant or the error of a cached promise, is that request's own error.
 */
function createOfferedErrors(): (report: ErrorReport) => boolean {
  const offered = new WeakMap<object, unknown>();
  return ({ error, fields }) => {
    if (typeof error !== 'object' || error === null) return false;
    const requestId = fields['request_id'];
    if (offered.has(error) && (requestId === undefined || offered.get(error) === requestId)) return true;
    offered.set(error, requestId);
    return false;
  };
}
