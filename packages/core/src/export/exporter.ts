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
import { Pipeline, type ExporterStatus } from './pipeline.js';
import { createHttpTransport } from './post.js';
import type { ExportProblem } from './problem.js';
import { createRecorder } from './record.js';
import type { ErrorReport } from './report.js';
import { createScrub } from './scrub.js';
import { createSpool, type SpoolSettings } from './spool/create-spool.js';
import type { Disk } from './spool/disk.js';
import type { Neighbourhood } from './spool/owner.js';
import type { Segment } from './spool/segment.js';
import type { Shelf } from './spool/shelf.js';
import type { Spool, SpoolStatus } from './spool/spool.js';
import type { Transport } from './transport.js';
import { createUlid } from './ulid.js';
import { WaitingErrors } from './waiting.js';

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

export interface ExporterCoreOptions {
  destinations: readonly Destination[];
  service: ServiceInfo;
  redactor: Redactor;
  /** Called once per change: when a kind of trouble begins, and when all is well again. */
  onProblem?: (problem: ExportProblem) => void;
  /** Bound on the memory of all that waits, in bytes; each destination has an equal share. @default 8_388_608 */
  maxBytes?: number;
  /** Where errors are kept on disk; nowhere if not given. */
  spool?: SpoolSettings;
  /** Directory of the application, left out of stacks; the working directory if not given. */
  root?: string;
  /** Time, disk, neighbours, transport and chance, for tests. */
  clock?: Clock;
  disk?: Disk;
  we?: Neighbourhood;
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
  requireRange('maxBytes', maxBytes, minShareBytes * destinations.length);
  const parts = assemble(options, maxBytes / destinations.length);
  const { pipelines, spool } = parts;
  let closing: Promise<void> | undefined;
  return {
    active: true,
    offer: createIntake(options, parts),
    status: () => pipelines.map((pipeline) => pipeline.status()),
    spoolStatus: () => spool?.status(),
    async flush({ timeoutMs = flushTimeoutMs } = {}) {
      const results = await holdProcess(Promise.all(pipelines.map((pipeline) => pipeline.flush(timeoutMs))));
      return results.every(Boolean);
    },
    close({ timeoutMs = closeTimeoutMs } = {}) {
      const closed = Promise.all(pipelines.map((pipeline) => pipeline.close(timeoutMs)));
      closing ??= holdProcess(closed).then(() => spool?.close());
      return closing;
    },
  };
}

/** Room for a few records at least; less would drop everything. */
const minShareBytes = 65_536;

interface Parts {
  readonly pipelines: readonly Pipeline[];
  readonly spool: Spool | undefined;
  readonly errors: WaitingErrors;
  readonly createUid: (timeMs: number) => string;
}

function assemble(options: ExporterCoreOptions, maxBytes: number): Parts {
  const { destinations, clock = systemClock, createTransport = createHttpTransport, random = Math.random } = options;
  const sender = { ...options.service, host: orNothing(hostname), pid: process.pid, instanceId: randomUUID() };
  const tell = options.onProblem ?? (() => undefined);
  const scrub = createScrub(options.redactor);
  const errors = new WaitingErrors();
  const createUid = createUlid();
  const keys = uniqueNames(destinations.map(({ name }) => name));
  const pipelines = new Map<string, Pipeline>();
  const listener = {
    recovered: (key: string, shelves: readonly Shelf[]) => pipelines.get(key)?.recover(shelves),
    lost: (segment: Segment, reason: string) => pipelines.forEach((pipeline) => pipeline.lose(segment, reason)),
    sealed: () => errors.closeAll(),
  };
  const { disk, we } = options;
  const place = { keys, author: sender, createUid, clock, disk, we, tell, listener };
  const spool = options.spool && createSpool(options.spool, place);
  destinations.forEach((destination, index) => {
    const transport = destination.createTransport?.() ?? createTransport(clock, destination);
    const key = keys[index] ?? destination.name;
    const waiting = { key, spool, errors, maxBytes };
    pipelines.set(key, new Pipeline({ destination, sender, transport, clock, random, scrub, tell, ...waiting }));
  });
  return { pipelines: [...pipelines.values()], spool, errors, createUid };
}

/** Two destinations may have one name, but not one cursor. */
function uniqueNames(names: readonly string[]): string[] {
  return names.map((name, index) => {
    const earlier = names.slice(0, index).filter((other) => other === name).length;
    return earlier === 0 ? name : `${name}#${earlier + 1}`;
  });
}

function createIntake(options: ExporterCoreOptions, parts: Parts): (report: ErrorReport) => void {
  const { redactor, clock = systemClock, root = orNothing(() => process.cwd()) } = options;
  const { pipelines, spool, errors, createUid } = parts;
  const isRepeated = createOfferedErrors();
  const record = createRecorder({ redactor, createUid, root, home: orNothing(homedir) });
  return (report) => {
    try {
      if (isRepeated(report)) return;
      const timeMs = isTime(report.timeMs) ? report.timeMs : clock.now();
      const fingerprint = fingerprintOf(report);
      const waiting = errors.find(fingerprint);
      if (waiting === undefined) {
        const made = record({ ...report, timeMs });
        const entry = errors.add(made, fingerprint, spool?.append(made));
        for (const pipeline of pipelines) pipeline.accept(entry);
      } else {
        errors.grow(waiting, timeMs);
        for (const pipeline of pipelines) pipeline.grow(waiting);
        if (waiting.place !== undefined) spool?.fold(waiting.place, timeMs);
      }
    } catch {
      for (const pipeline of pipelines) pipeline.refuse('unreadable');
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
