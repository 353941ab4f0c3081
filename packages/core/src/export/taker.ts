/** Taker: what takes the reports for one exporter, whether it sends them itself or hands them to somebody who does. */
import type { LedgerTotals } from './ledger.js';
import type { LastError } from './problem.js';

/** One item of `status().exporters`; `offered` is the sum of the counts from `delivered` to `spooled` at every instant. */
export interface ExporterStatus extends LedgerTotals {
  name: string;
  /** `backing-off` after a failure; `paused` while the credential is not accepted. */
  state: 'idle' | 'sending' | 'backing-off' | 'paused' | 'closed';
  /** Where records go; never holds a credential. */
  endpoint: string;
  queued: number;
  spooled: number;
  /** ISO 8601, like every other time here. */
  lastSendAt: string | null;
  lastError: LastError | null;
  nextAttemptAt: string | null;
}

export interface Taker {
  /** Counts a report that cannot be taken. */
  refuse(reason: string): void;
  status(): ExporterStatus;
  flush(timeoutMs: number): Promise<boolean>;
  close(timeoutMs: number): Promise<void>;
}
