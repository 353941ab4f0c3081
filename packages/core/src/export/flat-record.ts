/** Flat record: an entry as one level of snake_case names, for destinations that store columns or labels. */
import type { Sender } from './destination.js';
import type { Entry } from './fold.js';

/** Writes an entry flat; the user's fields give way to ours, what is absent is `undefined`. */
export function flatRecord({ record, count, firstSeenMs, lastSeenMs }: Entry, sender: Sender): Record<string, unknown> {
  const { error, location } = record;
  return {
    ...record.attributes,
    uid: record.uid,
    level: record.level,
    message: record.message,
    ...(record.logger !== undefined && { logger: record.logger }),
    service: sender.name,
    version: sender.version,
    env: sender.environment,
    host: sender.host,
    pid: sender.pid,
    ...(error && { error_type: error.type, error_message: error.message, error_code: error.code }),
    ...(error && { error_stack: error.stack, error_cause: error.cause }),
    ...(location && { code_file: location.file, code_line: location.line, code_function: location.function }),
    ...(count > 1 && { repeat_count: count, first_seen: isoTime(firstSeenMs), last_seen: isoTime(lastSeenMs) }),
    ...(record.truncated && { truncated: true }),
  };
}

export function isoTime(timeMs: number): string {
  return new Date(timeMs).toISOString();
}
