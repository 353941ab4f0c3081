/** Flat record: an entry as one level of snake_case names, for destinations that store columns or labels. */
import type { Sender } from './destination.js';
import type { Entry } from './fold.js';

/** Writes an entry flat; what is absent is `undefined`, and the user's fields give way to ours. */
export function flatRecord(
  { record, count, firstSeenMs, lastSeenMs, replayed }: Entry,
  sender: Sender,
): Record<string, unknown> {
  const { error, location } = record;
  const isRepeated = count > 1;
  // One literal with everything in it: putting it together from parts took three times as long.
  const flat: Record<string, unknown> = {
    uid: record.uid,
    level: record.level,
    message: record.message,
    logger: record.logger,
    service: sender.name,
    version: sender.version,
    env: sender.environment,
    host: sender.host,
    pid: sender.pid,
    error_type: error?.type,
    error_message: error?.message,
    error_code: error?.code,
    error_stack: error?.stack,
    error_cause: error?.cause,
    code_file: location?.file,
    code_line: location?.line,
    code_function: location?.function,
    repeat_count: isRepeated ? count : undefined,
    first_seen: isRepeated ? isoTime(firstSeenMs) : undefined,
    last_seen: isRepeated ? isoTime(lastSeenMs) : undefined,
    truncated: record.truncated,
    replayed,
  };
  for (const [key, value] of Object.entries(record.attributes)) {
    if (!Object.hasOwn(flat, key) || flat[key] === undefined) flat[key] = value;
  }
  return flat;
}

export function isoTime(timeMs: number): string {
  return new Date(timeMs).toISOString();
}
