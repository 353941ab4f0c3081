/** Intake: makes each error report a record, once, and hands it to every destination. */
import type { Clock } from '../internal/clock.js';
import type { Redactor } from '../internal/redact.js';
import { fieldOf } from './fold.js';
import type { HandoverTaker } from './handover.js';
import type { Pipeline } from './pipeline.js';
import { jsonOf, recordOf, type MadeRecord } from './plain-record.js';
import { createReader } from './reader.js';
import type { ErrorReport } from './report.js';
import type { Spool } from './spool/spool.js';
import { homeDirectory } from './system-facts.js';
import type { WaitingEntry, WaitingErrors } from './waiting.js';

export interface IntakeOptions {
  readonly pipelines: readonly Pipeline[];
  readonly handovers: readonly HandoverTaker[];
  readonly spool: Spool | undefined;
  readonly errors: WaitingErrors;
  readonly createUid: (timeMs: number) => string;
  readonly redactor: Redactor;
  readonly clock: Clock;
  /** Directory of the application, left out of stacks. */
  readonly root: string;
}

/** Makes the function that takes a report. It never throws and never waits. */
export function createIntake(options: IntakeOptions): (report: ErrorReport) => void {
  const { pipelines, handovers, spool, errors, createUid, redactor, clock, root } = options;
  const isRepeated = createOfferedErrors();
  const read = createReader({ redactor, createUid, root, home: homeDirectory() });
  const enqueue = (fingerprint: string, made: MadeRecord): void => {
    const entry = errors.add(
      made,
      fingerprint,
      spool?.append(() => jsonOf(made)),
    );
    for (const pipeline of pipelines) pipeline.accept(entry);
  };
  const grow = (waiting: WaitingEntry, timeMs: number): void => {
    errors.grow(waiting, timeMs);
    for (const pipeline of pipelines) pipeline.grow(waiting);
    if (waiting.place !== undefined) spool?.fold(waiting.place, timeMs);
  };
  return (report) => {
    try {
      if (isRepeated(report)) return;
      const timeMs = isTime(report.timeMs) ? report.timeMs : clock.now();
      const draft = read(report);
      const waiting = errors.find(draft.fingerprint);
      if (waiting !== undefined) grow(waiting, timeMs);
      if (waiting !== undefined && handovers.length === 0) return;
      const made = draft.make(timeMs);
      if (waiting === undefined && pipelines.length > 0) enqueue(draft.fingerprint, made);
      for (const handover of handovers) handover.accept(recordOf(made), report.error);
    } catch {
      for (const taker of [...pipelines, ...handovers]) taker.refuse('unreadable');
    }
  };
}

/** Whether a ULID can hold the time: from 1970 to the year 10889. */
function isTime(timeMs: number): boolean {
  return timeMs >= 0 && timeMs < 2 ** 48;
}

const noRequest = Symbol('no request');

/**
 * Makes the memory of errors that were offered, by identity: works for frozen ones too. An error object that a later
 * request throws again, such as a constant or the error of a cached promise, is that request's own error.
 */
function createOfferedErrors(): (report: ErrorReport) => boolean {
  const offered = new WeakMap<object, unknown>();
  return ({ error, fields }) => {
    if (typeof error !== 'object' || error === null) return false;
    const requestId = fieldOf(fields, 'request_id');
    const before = offered.get(error);
    if (before !== undefined && (requestId === undefined || before === requestId)) return true;
    offered.set(error, requestId ?? noRequest);
    return false;
  };
}
