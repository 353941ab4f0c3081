/** Destination: one kind of server that errors can be sent to, as two pure functions. */
import type { ServiceInfo } from '../internal/service.js';
import type { Answer, Verdict } from './answer.js';
import type { Entry } from './fold.js';
import type { ExportRequest, Transport } from './transport.js';

/** Who sends, and when. */
export interface Sender extends ServiceInfo {
  readonly host: string;
  readonly pid: number;
  /** Tells this run of the process from all others. */
  readonly instanceId: string;
  /** Wall clock at the moment of encoding, in milliseconds since the epoch. */
  readonly nowMs: number;
}

/** What proves to a server who we are, and to us who it is; PEM texts. */
export interface TlsOptions {
  /** Certificate authorities to trust in the place of Node's own. */
  readonly ca?: string;
  /** Our own certificate, and its key. */
  readonly cert?: string;
  readonly key?: string;
}

/** What `createObservability({ exporters })` takes; `openobserveExporter` and `otlpExporter` make one. */
export interface Destination {
  /** Short name, as `status()` and problems show it. */
  readonly name: string;
  /** Where records go, for people to read; never holds a credential. */
  readonly endpoint: string;
  /** Longest time for one whole exchange, in milliseconds; 10 s if left out. */
  readonly timeoutMs?: number;
  /** How bodies are packed on the way; `none` if left out. */
  readonly compression?: 'gzip' | 'none';
  readonly tls?: TlsOptions;
  /** Most records that one request can hold, where the protocol has such a limit; a batch is then several requests in a row. */
  readonly maxEntriesPerRequest?: number;
  /** Makes the way on which requests leave, where that is not HTTP. */
  createTransport?(): Transport;
  /** Writes a batch as one request; pure. */
  encode(batch: readonly Entry[], sender: Sender): ExportRequest;
  /** Judges the answer to a batch; pure. */
  classify(answer: Answer, batch: readonly Entry[]): Verdict;
}
