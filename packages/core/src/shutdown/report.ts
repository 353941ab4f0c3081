/** Shutdown report: what a shutdown did, how long each part of it took, and what it could not end. */
import type { HookReport } from './hooks.js';

/** What `shutdown()` resolves with. */
export interface ShutdownReport {
  /** The signal, or what `shutdown()` was called with. */
  readonly reason: string;
  readonly durationMs: number;
  /** How long each part took, in milliseconds. */
  readonly phases: Readonly<Record<'delayMs' | 'closeMs' | 'hooksMs' | 'flushMs', number>>;
  /** Requests since it began: answered in full, or cut because their time was up. */
  readonly requests: { readonly served: number; readonly cut: number };
  /** Upgraded sockets: ended in time, or cut. */
  readonly sockets: { readonly ended: number; readonly cut: number };
  readonly hooks: readonly HookReport[];
  /** What still keeps the process alive, as Node names it: `['TCPServerWrap', 'Timeout']`. */
  readonly keptAliveBy: readonly string[];
}

/** The report as fields of a log line. */
export function reportFields({ reason, durationMs, phases, requests, sockets, hooks }: ShutdownReport): object {
  const failed = hooks.filter(({ status }) => status !== 'done').map(({ name }) => name);
  return {
    reason,
    duration_ms: durationMs,
    delay_ms: phases.delayMs,
    close_ms: phases.closeMs,
    hooks_ms: phases.hooksMs,
    flush_ms: phases.flushMs,
    requests_served: requests.served,
    requests_cut: requests.cut,
    sockets_ended: sockets.ended,
    sockets_cut: sockets.cut,
    ...(failed.length > 0 && { hooks_failed: failed }),
  };
}
