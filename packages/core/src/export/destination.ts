/** Destination: one kind of server that errors can be sent to, as two pure functions. */
import type { ServiceInfo } from '../internal/service.js';
import type { Answer, Verdict } from './answer.js';
import type { Entry } from './fold.js';

/** Who sends, and when. */
export interface Sender extends ServiceInfo {
  readonly host: string;
  readonly pid: number;
  /** Tells this run of the process from all others. */
  readonly instanceId: string;
  /** Wall clock at the moment of encoding, in milliseconds since the epoch. */
  readonly nowMs: number;
}

/** What is posted to a destination. */
export interface ExportRequest {
  readonly url: string;
  /** Without `content-length`. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}

/** What `createObservability({ exporters })` takes; `openobserveExporter` and `otlpExporter` make one. */
export interface Destination {
  /** Short name, as `status()` and problems show it. */
  readonly name: string;
  /** Where records go, for people to read; never holds a credential. */
  readonly endpoint: string;
  /** Longest time for one whole exchange, in milliseconds; 10 s if left out. */
  readonly timeoutMs?: number;
  /** Writes a batch as one request; pure. */
  encode(batch: readonly Entry[], sender: Sender): ExportRequest;
  /** Judges the answer to a batch; pure. */
  classify(answer: Answer, batch: readonly Entry[]): Verdict;
}
