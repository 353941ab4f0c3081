/** Folding: reports of one and the same error, while it waits, become one entry with a count. */
import { maxReadLength, unreadText } from '../internal/cut-text.js';
import type { ErrorRecord } from './record.js';
import type { ErrorReport } from './report.js';
import { topFrame } from './stack.js';

/**
 * A record on its way to one destination. It stands for `count` reports and weighs so much in every counter: each
 * report that was offered ends in exactly one counter, also when it was never sent as a record of its own.
 */
export interface Entry {
  readonly record: ErrorRecord;
  readonly count: number;
  /** When the first and the last of the folded reports happened, in milliseconds since the epoch. */
  readonly firstSeenMs: number;
  readonly lastSeenMs: number;
  /** True when it was read back from disk: it may be older than what was sent before it. */
  readonly replayed?: true;
}

/** Characters of each part that are compared. */
export const maxPartLength = 256;

/** Stands between the parts; no number and no word goes on behind it. */
export const separator = '\x7f';

/** What two reports must have in common to be one: top of the stack, level, route, type, logger, message, message of the error. */
export function fingerprintOf(report: ErrorReport): string {
  const { level, logger, message, error, fields } = report;
  const [top, type, said] = originOf(error);
  const [method, route] = [fieldOf(fields, 'method'), fieldOf(fields, 'route')];
  return [top, level, ...[method, route, type, logger, message, said].map(part)].join(separator);
}

function originOf(error: unknown): readonly [top: string, type: unknown, message: unknown] {
  try {
    if (typeof error !== 'object' || error === null)
      return ['', error === undefined ? undefined : typeof error, typeof error === 'string' ? error : undefined];
    const { name, message, stack } = error as Partial<Record<keyof Error, unknown>>;
    const isRead = typeof stack === 'string' && stack.length <= maxReadLength;
    return [isRead ? topFrame(stack) : '', name, message];
  } catch {
    // An error that cannot be read is told from others by its log message alone.
    return ['', undefined, undefined];
  }
}

/** A field of a report, `undefined` when it cannot be read. */
export function fieldOf(fields: ErrorReport['fields'], key: string): unknown {
  try {
    return fields[key];
  } catch {
    return undefined;
  }
}

function part(text: unknown): string {
  if (typeof text !== 'string') return '';
  if (text.length <= maxPartLength) return text;
  return text.length > maxReadLength ? unreadText(text) : text.slice(0, maxPartLength);
}
