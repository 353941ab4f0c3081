/** Recorded lines: what a service wrote, as it was written. */

/** One line of a log: its fields, with the text they were read from. */
export interface Line {
  readonly text: string;
  readonly level: string;
  readonly msg: string;
  readonly [field: string]: unknown;
}

export interface Recorded {
  readonly lines: readonly Line[];
  /** The lines that tell of a whole request, by us or by a pino-http. */
  readonly access: readonly Line[];
}

const accessMessages = new Set(['request completed', 'request errored', 'request aborted']);

/** A destination for log lines that keeps them. */
export class Recorder {
  private readonly written: string[] = [];

  write(text: string): void {
    this.written.push(text);
  }

  /** Everything written until now; fails on a line that is not JSON. */
  recorded(): Recorded {
    const texts = this.written.join('').split('\n').slice(0, -1);
    const lines = texts.map((text): Line => ({ ...JSON.parse(text), text }));
    return { lines, access: lines.filter(({ msg }) => accessMessages.has(msg)) };
  }
}
