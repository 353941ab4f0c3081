/** Nest call: the arguments of one call to Nest's logger, sorted so that none is lost. */
import { inspect } from 'node:util';
import { isNativeError } from 'node:util/types';

export interface NestCall {
  /** Who speaks: Nest appends it to the arguments. */
  readonly context: string | undefined;
  readonly message: string | undefined;
  readonly fields: Readonly<Record<string, unknown>>;
}

/**
 * Sorts the arguments by what they are, because neither their number nor their order is fixed: the last text is the
 * context, as it is to Nest; a text that looks like a stack is the error's; objects are fields; all else is message.
 *
 * @param thrown The error that a stack may be of.
 */
export function readNestCall(args: readonly unknown[], thrown?: unknown): NestCall {
  const given = args.filter((arg, index) => index === 0 || arg !== undefined);
  const context = given.length > 1 ? takeContext(given) : undefined;
  const sorted = new SortedArguments(thrown);
  for (const arg of given) sorted.take(arg);
  return { context, ...sorted.finished() };
}

/** Nest 12 takes a stack behind the context as well. */
function takeContext(args: unknown[]): string | undefined {
  const at = args.findLastIndex((arg, index) => index > 0 && !isStack(arg));
  const context = args[at];
  if (typeof context !== 'string' || args.slice(at + 1).some((arg) => !isStack(arg))) return undefined;
  args.splice(at, 1);
  return context;
}

/** A frame of a stack on a line of its own. */
function isStack(arg: unknown): arg is string {
  return typeof arg === 'string' && /\n[ \t]+at .+:\d+:\d+/.test(arg);
}

/** Of another realm too, such as Jest's. */
function isError(value: unknown): value is Error {
  return isNativeError(value) || value instanceof Error;
}

class SortedArguments {
  private readonly texts: string[] = [];
  private readonly fields: Record<string, unknown> = {};
  /** What is neither text nor fields, or has no room among them. */
  private readonly values: unknown[] = [];
  private stack: string | undefined;

  constructor(private readonly thrown: unknown) {}

  take(arg: unknown): void {
    if (isStack(arg) && this.stack === undefined) this.stack = arg;
    else if (typeof arg === 'function') this.takeFunction(arg as () => unknown);
    else if (typeof arg !== 'object' || arg === null) this.texts.push(typeof arg === 'string' ? arg : inspect(arg));
    else this.takeObject(arg);
  }

  finished(): Omit<NestCall, 'context'> {
    const { stack, fields, values, texts, thrown } = this;
    const { err } = fields;
    const isTold = isError(err) && (err.stack === stack || stack === undefined);
    if (stack !== undefined && !isTold)
      this.takeError(isError(thrown) && thrown.stack === stack ? thrown : errorOf(stack));
    if (values.length > 0) fields['values'] = 'values' in fields ? [fields['values'], ...values] : values;
    return { fields, message: texts.length > 0 ? texts.join(' ') : undefined };
  }

  private takeObject(arg: object): void {
    try {
      if (isError(arg)) return this.takeError(arg);
      if (isRecord(arg)) {
        const members = { ...arg };
        if (!Object.keys(members).some((key) => key in this.fields)) return void Object.assign(this.fields, members);
      }
    } catch {
      // A getter or a proxy that throws: it is read where it does no harm.
    }
    this.values.push(arg);
  }

  private takeError(error: Error): void {
    if (!('err' in this.fields)) this.fields['err'] = error;
    else if (this.fields['err'] !== error) this.values.push(error);
  }

  /** Nest prints the name of a class, and what any other function gives. */
  private takeFunction(made: () => unknown): void {
    if (Function.prototype.toString.call(made).startsWith('class ')) this.texts.push(made.name);
    else this.take(resultOf(made));
  }
}

function resultOf(made: () => unknown): unknown {
  try {
    const result = made();
    return typeof result === 'function' ? result.name : result;
  } catch (error) {
    return error;
  }
}

/** Whether the members of an object are all there is to it, as with literals and instances of most classes. */
function isRecord(value: object): boolean {
  const tag = Object.prototype.toString.call(value);
  return tag === '[object Object]' && !(value instanceof Promise);
}

/** The error that a stack was taken from, as far as its first line tells. */
function errorOf(stack: string): Error {
  const [, name = 'Error', message = ''] = /^(?:Uncaught )?([\w$.]*(?:Error|Exception)\b)?:? ?(.*)/.exec(stack) ?? [];
  const error = new Error(message);
  Object.defineProperty(error, 'name', { value: name, enumerable: false });
  error.stack = stack;
  return error;
}
