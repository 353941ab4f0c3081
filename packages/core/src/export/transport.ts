/** Transport: the way on which encoded batches leave; tests put another in its place. */
import type { Answer } from './answer.js';

/** One encoded batch, on its way to a destination. */
export interface ExportRequest {
  readonly url: string;
  /** Without `content-length`. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}

/** What came of an exchange: an answer, or the reason why there was none. */
export type Outcome =
  | { readonly kind: 'answer'; readonly answer: Answer }
  | { readonly kind: 'failure'; readonly code: string; readonly message: string };

/** Whether a transport of the user's own gave what it promised. */
export function isOutcome(value: unknown): value is Outcome {
  const { kind, answer } = (value ?? {}) as { kind?: unknown; answer?: Partial<Answer> };
  if (kind === 'failure') return true;
  if (kind !== 'answer' || typeof answer !== 'object') return false;
  return typeof answer.status === 'number' && typeof answer.headers === 'object' && typeof answer.body === 'string';
}

/** One request on its way, to be awaited or ended. */
export interface Attempt {
  /** Never rejects. */
  readonly outcome: Promise<Outcome>;
  /** Ends the exchange at once; the outcome is then a failure with code `ABORTED`. */
  abort(): void;
}

/** A way on which encoded batches leave. */
export interface Transport {
  /** Sends one request. Never throws. */
  send(request: ExportRequest, timeoutMs: number): Attempt;
  /** Closes what is kept open between exchanges. */
  close(): void;
}
