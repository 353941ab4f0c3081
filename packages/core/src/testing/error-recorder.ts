/** Error recorder: takes what would be exported, and sends it nowhere. */
import type { Handover } from '../export/handover.js';
import type { ErrorRecord } from '../export/record.js';

/** An exporter that keeps what it is given: `createObservability({ exporters: [errors] })`. */
export interface ErrorRecorder extends Handover {
  /** One for each error, as it would have left the process: without secrets, once per error object. */
  readonly records: readonly ErrorRecord[];
  /** Forgets what was recorded so far. */
  clear(): void;
}

/** Makes an exporter that keeps every error. */
export function recordErrors(): ErrorRecorder {
  const records: ErrorRecord[] = [];
  return {
    name: 'recorder',
    endpoint: 'memory',
    records,
    isActive: () => true,
    capture: (record) => void records.push(record),
    flush: () => Promise.resolve(true),
    clear: () => void (records.length = 0),
  };
}
