/** Problem: trouble with a destination, told once per change and not once per failure. */

/** Trouble with one destination, as `onProblem` is told of it. */
export interface ExportProblem {
  /** Name of the destination. */
  readonly exporter: string;
  /**
   * What happened: `HTTP_401`, `PROXY_407`, `ECONNREFUSED`, `TIMEOUT`, `QUEUE_FULL`, …, and `RECOVERED` when it is over. Codes of
   * connections are Node's own.
   */
  readonly code: string;
  /** One sentence for people; never holds a credential. */
  readonly message: string;
}

export interface LastError {
  readonly code: string;
  readonly message: string;
  /** ISO 8601. */
  readonly at: string;
}

/** Remembers what was told, so that each kind of trouble is told once until all is well again. */
export class Troubles {
  readonly #exporter: string;
  readonly #tell: (problem: ExportProblem) => void;
  readonly #told = new Set<string>();
  #last: { readonly code: string; readonly message: string; readonly atMs: number } | undefined;

  constructor(exporter: string, tell: (problem: ExportProblem) => void) {
    this.#exporter = exporter;
    this.#tell = tell;
  }

  get last(): LastError | undefined {
    if (this.#last === undefined) return undefined;
    const { code, message, atMs } = this.#last;
    return { code, message, at: new Date(atMs).toISOString() };
  }

  /** @param nowMs Milliseconds since the epoch. */
  note(code: string, message: string, nowMs: number): void {
    this.#last = { code, message, atMs: nowMs };
    if (this.#told.has(code)) return;
    this.#told.add(code);
    this.#say(code, `${this.#exporter}: ${message}`);
  }

  over(): void {
    if (this.#told.size === 0) return;
    this.#told.clear();
    this.#say('RECOVERED', `${this.#exporter}: accepts errors again`);
  }

  #say(code: string, message: string): void {
    try {
      this.#tell({ exporter: this.#exporter, code, message });
    } catch {
      // Trouble of whoever listens is not trouble of the exporter.
    }
  }
}
