/** Error record: one report as every destination gets it, redacted, scrubbed and never changed again. */
import { isNativeError } from 'node:util/types';
import { detached } from '../internal/detached-text.js';
import { errorFields } from '../internal/error-fields.js';
import type { Redactor } from '../internal/redact.js';
import { marks, marksOf } from '../internal/text-marks.js';
import { AttributeList, type Attributes } from './attributes.js';
import { causeText } from './cause-text.js';
import { CleanCopy, ErrorCopy } from './clean-copy.js';
import { createFramesMemory, createStackCleaner, type FramesMemory } from './known-frames.js';
import type { ErrorReport } from './report.js';
import { createScrub, type Scrub } from './scrub.js';
import { createHomeHider, createPathShortener, type CodeLocation } from './stack.js';
import { attributeOverheadBytes, recordOverheadBytes, scalarBytes, sizeOf } from './weight.js';

/** What is known of one error: clean, flat and frozen. */
export interface ErrorRecord {
  /** ULID: the same whenever and wherever this record is sent. */
  readonly uid: string;
  readonly timeMs: number;
  readonly level: 'error' | 'fatal';
  readonly message: string;
  readonly logger: string | undefined;
  readonly error: RecordedError | undefined;
  /** First frame of the stack that is the application's own. */
  readonly location: CodeLocation | undefined;
  /** `request_id`, `user_id`, `trace_id`, `method`, `route`, … and the user's own, flat. */
  readonly attributes: Readonly<Attributes>;
  /** True on a copy that was cut because the whole was too big for a destination. */
  readonly truncated: true | undefined;
  /** Estimate of what the record weighs, in memory as well as on the wire. */
  readonly bytes: number;
}

interface RecordedError {
  readonly type: string;
  readonly message: string;
  readonly stack: string | undefined;
  readonly code: string | undefined;
  /** The chain of causes, as text. */
  readonly cause: string | undefined;
}

export interface RecorderOptions {
  redactor: Redactor;
  /** Source of ids. */
  createUid: (timeMs: number) => string;
  /** Directory of the application, which disappears from stacks. */
  root: string;
  /** Home directory, which becomes `~`. */
  home: string;
}

/** What is done to texts before they are kept. */
export interface Cleaners {
  /** For what is said of a request, whose paths stay: they begin at `/`, where the application's directory may lie too. */
  readonly clean: Scrub;
  /** For what is said of an error. */
  readonly cleanError: Scrub;
  readonly knownFrames: FramesMemory;
  /** Hides the paths of this machine, and does nothing else. */
  readonly hidePaths: Scrub;
}

export function createCleaners({ redactor, home, root }: RecorderOptions): Cleaners {
  const scrub = createScrub(redactor);
  const hideHome = createHomeHider(home);
  const shorten = createPathShortener(root);
  const hidePaths: Scrub = (text) => hideHome(shorten(text));
  const cleanError = createCleaner(scrub, hidePaths);
  return { clean: createCleaner(scrub, hideHome), cleanError, knownFrames: createFramesMemory(cleanError), hidePaths };
}

/** Makes the function that turns reports into records. */
export function createRecorder(
  options: RecorderOptions,
  { clean, cleanError, knownFrames }: Cleaners = createCleaners(options),
): (report: ErrorReport, timeMs?: number) => ErrorRecord {
  const { redactor, createUid } = options;
  const cleanStack = createStackCleaner(cleanError, knownFrames);
  return ({ timeMs: reportedMs, level, message, logger, error, fields }, timeMs = reportedMs) => {
    const list = new AttributeList(clean);
    list.addFields(fields, new CleanCopy(redactor.keys, clean));
    const copy = new ErrorCopy(redactor.keys, cleanError, cleanStack);
    const recorded = error === undefined ? undefined : recordError(error, copy, list, cleanError);
    return weighed({
      uid: createUid(timeMs),
      timeMs,
      level,
      message: String(copy.visit(message)),
      logger: logger === undefined ? undefined : clean(logger),
      error: recorded,
      location: copy.location,
      attributes: list.finish(),
      truncated: undefined,
      bytes: 0,
    });
  };
}

const anyPath = marks.slash | marks.backslash;

/** Makes the function that hides paths, credentials and personal data, looking for all at once. */
function createCleaner(scrub: (text: string, found?: number) => string, hidePaths: Scrub): Scrub {
  return (text) => {
    const found = marksOf(text);
    return found === 0 ? detached(text) : detached(scrub(found & anyPath ? hidePaths(text) : text, found));
  };
}

/** Parts of an error that have a place of their own in the record. */
const placed = new Set(['type', 'message', 'stack', 'code', 'cause', 'errors']);

function recordError(error: unknown, copy: ErrorCopy, list: AttributeList, scrub: Scrub): RecordedError {
  const fields = errorFields(error, { copy: (value) => copy.visit(value) });
  list.addCopied(fields, 'error_', placed);
  const { type, message, stack, code, cause, errors } = fields;
  const causes = causeText(cause, errors);
  // The texts of an error are clean; those of other values were put together.
  const safe = isNativeError(error) ? (text: string): string => text : scrub;
  const codeText = typeof code === 'object' ? JSON.stringify(code) : String(code);
  return {
    type: safe(type),
    message: safe(message),
    stack: typeof stack === 'string' ? stack : undefined,
    code: code === undefined ? undefined : typeof code === 'string' ? safe(code) : scrub(codeText),
    cause: causes === undefined ? undefined : scrub(causes),
  };
}

/** The record cut to what a reader needs most, for a destination that found the whole too big. */
export function truncateRecord(record: ErrorRecord): ErrorRecord {
  const { error } = record;
  const attributes: Attributes = {};
  for (const [key, value] of Object.entries(record.attributes).slice(0, 32)) {
    attributes[key] = typeof value === 'string' ? cut(value, 128) : value;
  }
  return weighed({
    ...record,
    message: cut(record.message, 1_024),
    error: error && {
      ...error,
      message: cut(error.message, 1_024),
      stack: error.stack && cut(error.stack, 2_048),
      code: error.code && cut(error.code, 128),
      cause: undefined,
    },
    attributes,
    truncated: true,
  });
}

function cut(text: string, length: number): string {
  return detached(text.slice(0, length));
}

function weighed(record: { -readonly [Key in keyof ErrorRecord]: ErrorRecord[Key] }): ErrorRecord {
  const { error, message, attributes, logger = '' } = record;
  let bytes = recordOverheadBytes + sizeOf(message) + sizeOf(logger);
  if (error !== undefined) {
    const { type, message: said, stack = '', code = '', cause = '' } = error;
    bytes += sizeOf(type) + sizeOf(said) + sizeOf(stack) + sizeOf(code) + sizeOf(cause);
  }
  for (const key in attributes) {
    const value = attributes[key];
    bytes += attributeOverheadBytes + key.length + (typeof value === 'string' ? sizeOf(value) : scalarBytes);
  }
  record.bytes = bytes;
  return Object.freeze(record);
}
