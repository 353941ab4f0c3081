/** Measured application: what the metrics read of an observability. */
import type { ObservedApplication } from '../http/observed.js';

/** How far one exporter is; `status().exporters` has more. */
export interface MeasuredExporter {
  readonly name: string;
  readonly state: string;
  readonly offered: number;
  readonly delivered: number;
  readonly rejected: number;
  readonly dropped: number;
  readonly unconfirmed: number;
  readonly queued: number;
  readonly spooled: number;
}

/** The part of what `createObservability()` returns that is measured. */
export interface MeasuredApplication extends ObservedApplication {
  readonly service: {
    readonly name: string;
    readonly version?: string | undefined;
    readonly environment?: string | undefined;
  };
  status(): { readonly exporters: readonly MeasuredExporter[] };
}
