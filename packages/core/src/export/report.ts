/** Error report: what the rest of the package hands over when something went wrong. */
export interface ErrorReport {
  readonly level: 'error' | 'fatal';
  /** When it happened, in milliseconds since the epoch. */
  readonly timeMs: number;
  readonly message: string;
  /** Name of the logger that said it. */
  readonly logger?: string | undefined;
  /** What was thrown, if anything was. */
  readonly error?: unknown;
  /** Flat snake_case fields of the log line: `request_id`, `user_id`, `trace_id`, `route`, … and the user's own. */
  readonly fields: Readonly<Record<string, unknown>>;
}
