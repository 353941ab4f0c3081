/** Recorded logs: what was logged, parsed, with questions that read as sentences. */
import { AssertionError } from 'node:assert';
import { describe, isLike } from './likeness.js';

/** A line as it was written; every field of yours is there by its name. */
export interface RecordedLine {
  readonly level: string;
  readonly time: string;
  readonly msg?: string;
  readonly logger?: string;
  readonly request_id?: string;
  readonly [field: string]: unknown;
}

/** What a line has to have: values that are equal, texts that a pattern matches, objects that have at least these members. */
export type LinePattern = Readonly<Record<string, unknown>>;

/** What `recordLogs()` gives. */
export class RecordedLogs {
  private readonly written: string[] = [];
  private readonly end: () => void;

  /** @param start Sends the lines to the given function; gives back how that ends. */
  constructor(start: (write: (text: string) => void) => () => void) {
    this.end = start((text) => void this.written.push(text));
  }

  /** All lines, in the order in which they were written. */
  get lines(): readonly RecordedLine[] {
    const texts = this.texts.split('\n').filter((text) => text !== '');
    return texts.map((text) => JSON.parse(text) as RecordedLine);
  }

  /** The lines as they were written. */
  get texts(): string {
    return this.written.join('');
  }

  /** The lines that are like this. */
  like(pattern: LinePattern): readonly RecordedLine[] {
    return this.lines.filter((line) => isLike(line, pattern));
  }

  /**
   * The line that is like this.
   *
   * @throws {AssertionError} When there is none, or more than one; tells what was logged instead.
   */
  mustHaveOne(pattern: LinePattern): RecordedLine {
    const [line, ...others] = this.like(pattern);
    if (line && others.length === 0) return line;
    throw this.failure(line ? `one line, not ${others.length + 1},` : 'a line', pattern, 'mustHaveOne');
  }

  /**
   * The first line that is like this.
   *
   * @throws {AssertionError} When there is none; tells what was logged instead.
   */
  mustHave(pattern: LinePattern): RecordedLine {
    const [line] = this.like(pattern);
    if (line) return line;
    throw this.failure('a line', pattern, 'mustHave');
  }

  /** @throws {AssertionError} When a line is like this. */
  mustNotHave(pattern: LinePattern): void {
    if (this.like(pattern).length > 0) throw this.failure('no line', pattern, 'mustNotHave');
  }

  /** @throws {AssertionError} When the text stands anywhere in what was logged: a secret, for one. */
  mustNotMention(text: string): void {
    if (!this.texts.includes(text)) return;
    throw this.error(`the logs must not mention ${JSON.stringify(text)}`, 'mustNotMention');
  }

  /** Forgets what was logged so far. */
  clear(): void {
    this.written.length = 0;
  }

  /** Ends the recording: lines go where they went before. What was recorded stays. */
  stop(): void {
    this.end();
  }

  private failure(wanted: string, pattern: LinePattern, operator: Assertion): AssertionError {
    const { lines } = this;
    const said = lines.length === 0 ? 'nothing was logged' : `logged:\n${lines.map(describe).join('\n')}`;
    return this.error(`the logs must have ${wanted} like ${describe(pattern)}; ${said}`, operator);
  }

  /** The stack begins where the test asked. */
  private error(message: string, operator: Assertion): AssertionError {
    return new AssertionError({ message, operator, stackStartFn: this[operator] });
  }
}

type Assertion = 'mustHave' | 'mustHaveOne' | 'mustNotHave' | 'mustNotMention';
