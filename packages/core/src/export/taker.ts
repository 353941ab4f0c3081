/** Taker: what takes the reports for one exporter, whether it sends them itself or hands them to somebody who does. */
import type { ExporterStatus } from './pipeline.js';
import type { ErrorRecord } from './record.js';

export interface Taker {
  /** Takes a report that needs no record of its own; tells whether it was one. */
  absorb(fingerprint: string, timeMs: number): boolean;
  /** Takes a record, and the error it is of as it was thrown, which must not be kept. */
  accept(record: ErrorRecord, fingerprint: string, error: unknown): void;
  /** Counts a report that cannot be made a record. */
  refuse(reason: string): void;
  status(): ExporterStatus;
  flush(timeoutMs: number): Promise<boolean>;
  close(timeoutMs: number): Promise<void>;
}
