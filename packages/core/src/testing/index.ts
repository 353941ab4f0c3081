/** For tests: what an application logs and reports, to look at; no timer, no worker, no socket. */
import type { Observability } from '../observability-options.js';
import { followObservability } from '../process-observability.js';
import { RecordedLogs } from './recorded-logs.js';

export { recordErrors, type ErrorRecorder } from './error-recorder.js';
export type { LinePattern, RecordedLine, RecordedLogs } from './recorded-logs.js';

/** Options of `recordLogs()`. */
export interface RecordLogsOptions {
  /** Whose lines. @default the process's own, also when it is created later */
  observability?: Observability;
  /** Level of all loggers without one of their own, while it records. @default the level they have */
  level?: string;
}

/**
 * Records what is logged from here on, in place of writing it, until `stop()`.
 *
 * @throws {ConfigError} When the level is none.
 * @example
 * ```ts
 * const logs = recordLogs();
 * await placeOrder(7);
 * logs.mustHaveOne({ level: 'info', msg: 'order placed', order_id: 7 });
 * logs.mustNotHave({ level: 'error' });
 * logs.stop();
 * ```
 */
export function recordLogs({ observability, level }: RecordLogsOptions = {}): RecordedLogs {
  return new RecordedLogs((write) => {
    const follow = (observed: Observability): (() => void) => redirect(observed, { write }, level);
    return observability ? follow(observability) : followObservability(follow);
  });
}

function redirect(
  observability: Observability,
  destination: { write(text: string): void },
  level?: string,
): () => void {
  const before = observability.logger.level;
  if (level !== undefined) observability.setLevel(undefined, level);
  const end = observability.redirectLogs(destination);
  return () => {
    end();
    if (level !== undefined) observability.setLevel(undefined, before);
  };
}
