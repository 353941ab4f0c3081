/** Known logger: what is found out about a logger once, for all its lines. */
import type { Logger } from 'pino';
import type { Redactor } from '../internal/redact.js';
import { type PinoState, type Serializer, serializersOf } from './call-fields.js';
import { LoggerBindings } from './logger-bindings.js';
import { boundScope } from './logger-scope.js';
import { type PinoSymbols, pinoSymbols, wantsMetadata } from './pino-symbols.js';
import { isTapped } from './tap.js';

export class KnownLogger {
  readonly symbols: PinoSymbols;
  readonly errorKey: string;
  /** What the logger calls its message, which no binding and no field of the context can be called. */
  readonly messageKey: string;
  /**
   * A logger like this one that serves all lines: bindings are set for each, and set back, since what a message prints may
   * log as well. What was done here is not done by pino a second time.
   */
  readonly standIn: PinoState;
  /** What becomes of fields of some names; nothing for most loggers. */
  readonly serializers: readonly Serializer[];
  /** Whether the user gave the logger a serializer for errors. */
  readonly hasOwnErrors: boolean;
  private readonly leavesFields: boolean;
  private lastBindings: LoggerBindings | undefined;
  private silent: { readonly standIn: PinoState; text: string } | undefined;

  constructor(
    private readonly logger: Logger,
    redactor: Redactor,
  ) {
    const state = logger as unknown as PinoState;
    this.symbols = pinoSymbols(logger);
    this.errorKey = state[this.symbols.errorKey] as string;
    this.messageKey = state[this.symbols.messageKey] as string;
    this.serializers = serializersOf(logger, this.symbols);
    this.hasOwnErrors = this.serializers.some(([name]) => name === this.errorKey);
    this.leavesFields = this.serializers.length === 0 && leavesFields(state, this.symbols);
    this.standIn = Object.create(logger) as PinoState;
    // Pino looks up any name in these, and would find `valueOf` on what inherits from `Object.prototype`.
    this.standIn[this.symbols.serializers] = Object.create(null);
    this.standIn[this.symbols.stringifiers] = Object.assign(Object.create(null), state[this.symbols.stringifiers]);
    this.standIn[this.symbols.mixin] = undefined;
    this.standIn[this.symbols.write] = cleanedWrite(state[this.symbols.write] as Write, redactor);
    this.standIn[this.symbols.formatters] = { ...(state[this.symbols.formatters] as object), log: undefined };
  }

  /** Whether nobody asks pino for fields but the line, where they stand as they are. */
  get takesPlainFields(): boolean {
    const stream = this.standIn[this.symbols.stream] as { readonly [wantsMetadata]?: unknown };
    return this.leavesFields && stream[wantsMetadata] !== true;
  }

  /** The logger's bindings, read again only when `setBindings` has changed them. */
  bindings(redactor: Redactor, ours: ReadonlySet<string>): LoggerBindings {
    const source = ((this.logger as unknown as PinoState)[this.symbols.chindings] as string | undefined) ?? '';
    if (this.lastBindings?.source !== source) this.lastBindings = new LoggerBindings(source, redactor, ours);
    return this.lastBindings as LoggerBindings;
  }

  /** The text that `write` makes with a stand-in whose lines go nowhere else. */
  textOf(write: (standIn: PinoState) => void): string {
    this.silent ??= this.silence();
    write(this.silent.standIn);
    return this.silent.text;
  }

  private silence(): { standIn: PinoState; text: string } {
    const standIn = Object.create(this.standIn) as PinoState;
    const silent = { standIn, text: '' };
    standIn[this.symbols.stream] = { write: (text: string) => (silent.text = text) };
    return silent;
  }
}

/** Whether pino puts fields on a line as they are: it was told of nothing to be done with them. */
function leavesFields(state: PinoState, symbols: PinoSymbols): boolean {
  const isTold = Reflect.ownKeys((state[symbols.stringifiers] as object | undefined) ?? {}).length > 0;
  const { log } = state[symbols.formatters] as { log?: unknown };
  return !isTold && log === undefined && !state[symbols.mixin] && !state[symbols.nestedKey];
}

/** How pino writes a line. */
type Write = (this: unknown, fields: unknown, message: unknown, level: number) => void;

/** The message is searched for secrets when its placeholders are filled: `token=%s` alone tells of none. */
function cleanedWrite(write: Write, redactor: Redactor): Write {
  return function writeCleaned(this: unknown, fields, message, level) {
    write.call(this, fields, typeof message === 'string' ? redactor.text(message) : message, level);
  };
}

/** The loggers of one writer. */
export class KnownLoggers {
  private readonly known = new WeakMap<Logger, KnownLogger>();

  /** @param onTapped Told of each logger whose lines OpenTelemetry sends as well. */
  constructor(
    private readonly redactor: Redactor,
    private readonly onTapped: (() => void) | undefined,
  ) {}

  of(given: Logger): KnownLogger {
    // A logger that was bound to a request is like the one it was made of in all else, and there is one for each request.
    const logger = Object.hasOwn(given, boundScope) ? (Object.getPrototypeOf(given) as Logger) : given;
    const found = this.known.get(logger);
    if (found) return found;
    const made = new KnownLogger(logger, this.redactor);
    this.known.set(logger, made);
    if (this.onTapped && isTapped(made.standIn[made.symbols.stream])) this.onTapped();
    return made;
  }
}
