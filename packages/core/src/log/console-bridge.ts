/** Console bridge: what is printed on the console, and Node's warnings, as lines like all others. */
import { format } from 'node:util';
import type { LogFn, Logger } from 'pino';
import { isError } from '../internal/error-fields.js';
import type { Redactor } from '../internal/redact.js';

/** Those that print by themselves; all others of the console's methods print through one of these. */
const levels = {
  debug: 'debug',
  log: 'info',
  info: 'info',
  warn: 'warn',
  error: 'error',
  trace: 'debug',
  dir: 'info',
  dirxml: 'info',
} as const;
type Method = keyof typeof levels;
type Print = (this: unknown, ...args: unknown[]) => void;

export interface ConsoleBridgeOptions {
  /** For what is printed. */
  readonly printed: Logger;
  /** For warnings of the process. */
  readonly warned: Logger;
  readonly redactor: Redactor;
}

/** Makes lines of what is printed from here on. @returns Ends that: the console is what it was. */
export function bridgeConsole(options: ConsoleBridgeOptions): () => void {
  const ends = [
    ...(Object.keys(levels) as Method[]).map((method) => bridgeMethod(method, options)),
    bridgeTable(options),
    bridgeWarnings(options),
  ];
  return () => {
    for (const end of ends) end();
  };
}

/** Set while a line is written: a destination that prints on the console must not be asked to log that. */
let isWriting = false;

function bridgeMethod(method: Method, { printed, redactor }: ConsoleBridgeOptions): () => void {
  return replace(method, () => (...args) => {
    isWriting = true;
    try {
      write(printed, method, method === 'dir' ? args.slice(0, 1) : args, redactor);
    } finally {
      isWriting = false;
    }
  });
}

/** Node draws a table itself and prints it by `log`, where nobody can tell any more what stood under which name. */
function bridgeTable({ redactor }: ConsoleBridgeOptions): () => void {
  const drawn = (original: Print): Print =>
    function table(this: unknown, data, ...columns) {
      original.call(this, printable(data, redactor), ...columns);
    };
  return replace('table', drawn);
}

/** @returns Puts the original back. */
function replace(method: Method | 'table', make: (original: Print) => Print): () => void {
  const printer = globalThis.console as unknown as Record<Method | 'table', Print>;
  const original = printer[method];
  const print = make(original);
  let isOver = false;
  const bridged: Print = function bridged(this: unknown, ...args) {
    if (isOver || isWriting) original.apply(this, args);
    else print.apply(this, args);
  };
  printer[method] = bridged;
  return () => {
    isOver = true;
    // Whoever wrapped it after us keeps the wrapper, which then reaches the original.
    if (printer[method] === bridged) printer[method] = original;
  };
}

function write(logger: Logger, method: Method, args: readonly unknown[], redactor: Redactor): void {
  const error = args.find(isError);
  const message = messageOf(args, error, redactor);
  const log: LogFn = logger[levels[method]].bind(logger);
  if (method === 'trace') log({ stack: new Error('trace').stack?.split('\n').slice(4).join('\n') }, message);
  else if (error) log({ err: error }, message === '' ? error.message : message);
  else log(message);
}

/** As it would have been printed, without secrets. The error has a place of its own, unless a placeholder asks for it. */
function messageOf(args: readonly unknown[], error: Error | undefined, redactor: Redactor): string {
  const [first] = args;
  const isTemplate = typeof first === 'string' && first.includes('%');
  const shown = isTemplate ? args : args.filter((arg) => arg !== error || arg === undefined);
  return format(...shown.map((arg) => (isError(arg) ? String(arg) : printable(arg, redactor))));
}

function printable(arg: unknown, redactor: Redactor): unknown {
  return typeof arg === 'object' && arg !== null ? redactor.copy(arg) : arg;
}

/** Node prints warnings itself, by a listener that makes room for ours. */
function bridgeWarnings({ warned }: ConsoleBridgeOptions): () => void {
  const printers = process.listeners('warning').filter(({ name }) => name === 'onWarning');
  const listener = (warning: Error): void => warned.warn({ err: warning }, warning.message);
  for (const printer of printers) process.off('warning', printer);
  process.on('warning', listener);
  return () => {
    process.off('warning', listener);
    for (const printer of printers) process.on('warning', printer);
  };
}
