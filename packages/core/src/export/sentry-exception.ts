/** Sentry exception: an error and its causes as a list of values, read back from their stacks. */
import type { ErrorRecord } from './record.js';
import { readFrames } from './stack.js';

/** Most values of a chain; Sentry's own SDKs follow five causes. */
const maxCauses = 9;

/** How `record.error.cause` begins each further error: a cause, or a member of an AggregateError. */
const nextCause = /^(?:Caused by|With): /m;

/** `TypeError [ERR_X]: text`, the code and the text possibly missing. */
const heading = /^(?<type>[\p{L}_$][\p{L}\p{N}_$.]{0,99})(?: \[[\w-]{1,99}\])?(?:: (?<message>[\s\S]*))?$/u;

interface ExceptionValue {
  readonly type?: string | undefined;
  readonly value: string;
  readonly mechanism: { readonly type: string; readonly handled: boolean };
  readonly stacktrace?: { readonly frames: readonly object[] };
}

/** Writes the chain as Sentry wants it: the oldest cause first, what was caught last, frames likewise. */
export function exceptionValues({ type, message, stack, cause }: NonNullable<ErrorRecord['error']>): ExceptionValue[] {
  const causes = cause === undefined ? [] : cause.split(nextCause).slice(1, maxCauses + 1);
  return [
    { type, value: message, mechanism: { type: 'generic', handled: true }, ...stacktrace(stack ?? '') },
    ...causes.map(causeValue),
  ].toReversed();
}

function causeValue(printed: string): ExceptionValue {
  const text = printed.trimEnd();
  const [said = ''] = text.split(/\n\s+at /, 1);
  const { type, message } = heading.exec(said)?.groups ?? {};
  const value = type === undefined ? said : (message ?? '');
  return { type, value, mechanism: { type: 'chained', handled: true }, ...stacktrace(text) };
}

function stacktrace(stack: string): { stacktrace?: { frames: object[] } } {
  const frames = readFrames(stack).map(({ file, line, column, isOwn, function: name }) => ({
    filename: file,
    function: name?.replace(/^async /, ''),
    lineno: line,
    colno: column,
    in_app: isOwn,
  }));
  return frames.length === 0 ? {} : { stacktrace: { frames: frames.toReversed() } };
}
