/** Plain origin: what a plain error says of itself and of where it came from, none of it clean yet. */
import { isNativeError } from 'node:util/types';
import { errorType } from '../internal/copy-error.js';
import { isPlainNumber } from './attributes.js';
import type { FramesMemory, KnownFrames } from './known-frames.js';

export interface PlainOrigin {
  /** Missing when nothing was thrown, and so are the frames. */
  readonly error: Error | undefined;
  readonly name: string;
  readonly type: string;
  readonly message: string;
  /** What stands above the frames of the stack; when it ends with the message, as it does as a rule, what is before that. */
  readonly header: string;
  readonly endsWithMessage: boolean;
  readonly code: string | undefined;
  readonly frames: KnownFrames | undefined;
}

const nothing: PlainOrigin = {
  error: undefined,
  name: '',
  type: '',
  message: '',
  header: '',
  endsWithMessage: false,
  code: undefined,
  frames: undefined,
};

type ErrorLike = Record<'name' | 'message' | 'stack' | 'code' | 'cause' | 'errors', unknown>;

/** Characters of a message and of a stack that are looked into. */
const maxLength = 8_192;

/** Reads an error; `undefined` when it has to be looked at more closely. */
export function readOrigin(error: unknown, knownFrames: FramesMemory): PlainOrigin | undefined {
  if (error === undefined) return nothing;
  if (!isNativeError(error)) return undefined;
  const { name, message, stack, code, cause, errors } = error as Partial<ErrorLike>;
  if (typeof name !== 'string' || typeof message !== 'string' || typeof stack !== 'string') return undefined;
  // V8 joins all of a text that was put together before it gives out a single character.
  if (message.length > maxLength || stack.length > maxLength) return undefined;
  if ((cause !== undefined && cause !== null) || errors !== undefined) return undefined;
  const codeText = typeof code === 'number' && isPlainNumber(code) ? String(code) : code;
  if (codeText !== undefined && typeof codeText !== 'string') return undefined;
  const frames = knownFrames(stack);
  if (frames === undefined) return undefined;
  const end = stack.length - frames.raw.length;
  const start = end - message.length;
  const endsWithMessage = isPrefix(stack, start) && stack.slice(start, end) === message;
  const header = stack.slice(0, endsWithMessage ? start : end);
  return {
    error,
    name,
    type: errorType(error),
    message,
    header,
    endsWithMessage,
    code: codeText,
    frames,
  };
}

/** Whether so much of a stack is what V8 writes before a message: no secret begins there and ends in the message. */
function isPrefix(stack: string, length: number): boolean {
  return length === 0 || (length > 1 && stack[length - 2] === ':' && stack[length - 1] === ' ');
}
