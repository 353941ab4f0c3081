/** Folding: reports of one and the same error, while it waits, become one entry with a count. */
import { maxReadLength, unreadText } from '../internal/cut-text.js';
import type { ErrorRecord } from './record.js';
import type { ErrorReport } from './report.js';

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

const maxPartLength = 256;

/** What two reports must have in common to be one: type, message, top of the stack, route, logger. */
export function fingerprintOf(report: ErrorReport): string {
  const { error, fields } = report;
  let origin = '';
  try {
    if (typeof error === 'object' && error !== null) {
      const { name, message, stack } = error as Partial<Record<keyof Error, unknown>>;
      origin = `${part(name)}\n${part(message)}\n${topFrame(stack)}`;
    } else if (error !== undefined) origin = typeof error === 'string' ? part(error) : typeof error;
  } catch {
    // An error that cannot be read is told from others by its log message alone.
  }
  const { level, logger, message } = report;
  const place = `${part(fieldOf(fields, 'method'))} ${part(fieldOf(fields, 'route'))}`;
  return `${level}\n${part(logger)}\n${part(message)}\n${place}\n${origin}`;
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

function topFrame(stack: unknown): string {
  if (typeof stack !== 'string' || stack.length > maxReadLength) return '';
  const start = stack.indexOf('\n    at ');
  if (start < 0) return '';
  const end = stack.indexOf('\n', start + 1);
  return part(stack.slice(start + 1, end < 0 ? undefined : end));
}
