/** Shutdown options: what a shutdown does and how long each part of it may take. */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Logger } from 'pino';
import { invalidOption, requireObject, requireRange, withDefaults } from '../internal/options.js';
import { requireFittingBudget } from './budget.js';
import { completeHooks, type ShutdownHook } from './hooks.js';
import type { ShutdownReport } from './report.js';
import { sayGoingAway } from './upgrades.js';

/** The part of an observability that a shutdown uses. */
export interface ShutDownApplication {
  readonly health: { drain(): void };
  getLogger(name: string): Logger;
  close(options?: { timeoutMs?: number }): Promise<unknown>;
}

/** How a service is shut down, as `gracefulShutdown()` returns it. */
export interface Shutdown {
  /**
   * Runs the shutdown, and leaves it to the caller to end the process; whoever calls it again gets the same report. Never
   * rejects.
   *
   * @param reason What the log and the report call it.
   */
  readonly shutdown: (reason?: string, options?: { delayMs?: number }) => Promise<ShutdownReport>;
  /**
   * Runs the shutdown as a signal does: what keeps the process alive after it is told, and ended with it.
   *
   * @param options.lingerMs How long that may take to end by itself, in milliseconds; 200 if left out.
   */
  readonly end: (signal: NodeJS.Signals, options?: { lingerMs?: number }) => void;
  /** Takes back all listeners: signals do what they did before. Done by itself when the servers close otherwise. */
  readonly dispose: () => void;
}

/** Called for the first signal; `isAlone` when nobody else listens to it. */
export type FirstSignal = (signal: NodeJS.Signals, isAlone: boolean, shutdown: Shutdown) => void;

/** What `gracefulShutdown()` takes; each has a default. */
export interface GracefulShutdownOptions {
  /** @default the process's own, made from the environment when there is none */
  observability?: ShutDownApplication;
  /** What begins it; `[]` for `shutdown()` alone. @default ['SIGTERM', 'SIGINT'] */
  signals?: readonly NodeJS.Signals[];
  /**
   * How long to go on serving while `ready` answers 503, so that load balancers notice, in milliseconds. Ctrl-C in a
   * terminal does not wait for it. @default 5000
   */
  delayMs?: number;
  /** Longest wait for requests under way, streams and upgraded sockets, in milliseconds; what is left is cut. @default 10_000 */
  closeTimeoutMs?: number;
  /**
   * Says goodbye on an upgraded socket, which is ended as soon as this is done.
   *
   * @default a WebSocket is told 1001, going away; any other is ended without a word
   */
  onDrainSocket?: (socket: Duplex, req: IncomingMessage) => unknown;
  /** What to do then, one after the other in this order. One that fails or hangs does not keep the others from running. */
  hooks?: readonly ShutdownHook[];
  /** Longest wait for the exporters, which are closed last, in milliseconds. @default 2000 */
  flushTimeoutMs?: number;
  /** Time from the signal to SIGKILL, in milliseconds: all of the above must fit. @default 30_000 */
  gracePeriodMs?: number;
  /** What a `preStop` hook of Kubernetes takes of that before the signal comes, in milliseconds. @default 0 */
  preStopMs?: number;
  /** How the process ends after a signal. @default 0 */
  exitCode?: number;
  /** Takes over the first signal, for a framework with a shutdown of its own. @default shutdown.end(signal) */
  onFirstSignal?: FirstSignal;
}

export const shutdownDefaults: {
  signals: readonly NodeJS.Signals[];
  delayMs: number;
  closeTimeoutMs: number;
  flushTimeoutMs: number;
  gracePeriodMs: number;
  preStopMs: number;
  exitCode: number;
} = {
  signals: ['SIGTERM', 'SIGINT'],
  delayMs: 5000,
  closeTimeoutMs: 10_000,
  flushTimeoutMs: 2000,
  gracePeriodMs: 30_000,
  preStopMs: 0,
  exitCode: 0,
};

/** The options, completed. */
export interface ShutdownSettings extends Required<Omit<GracefulShutdownOptions, 'observability' | 'hooks'>> {
  readonly hooks: readonly Required<ShutdownHook>[];
}

const durations = ['delayMs', 'closeTimeoutMs', 'flushTimeoutMs', 'gracePeriodMs', 'preStopMs'] as const;

/** @throws {ConfigError} When an option cannot be used, or the parts do not fit into the grace period. */
export function completeShutdown(options: GracefulShutdownOptions): ShutdownSettings {
  requireObject('gracefulShutdown', options);
  const { observability: _, hooks = [], onDrainSocket = sayGoingAway, onFirstSignal = endOnSignal, ...given } = options;
  const settings = {
    ...withDefaults(shutdownDefaults, given),
    onDrainSocket,
    onFirstSignal,
    hooks: completeHooks(hooks),
  };
  for (const name of durations) requireRange(name, settings[name], 0, 2 ** 31 - 1);
  requireRange('exitCode', settings.exitCode, 0, 255);
  if (typeof onDrainSocket !== 'function') throw invalidOption('onDrainSocket', 'a function', onDrainSocket);
  if (typeof onFirstSignal !== 'function') throw invalidOption('onFirstSignal', 'a function', onFirstSignal);
  if (!Array.isArray(settings.signals)) throw invalidOption('signals', 'a list of signals', settings.signals);
  for (const signal of settings.signals) requireSignal(signal);
  requireFittingBudget(settings);
  return settings;
}

const endOnSignal: FirstSignal = (signal, _, shutdown) => shutdown.end(signal);

function requireSignal(signal: unknown): void {
  const expected = 'a list of signals that can be caught, such as SIGTERM';
  const isCatchable = typeof signal === 'string' && /^SIG[A-Z\d]+$/.test(signal);
  if (!isCatchable || signal === 'SIGKILL' || signal === 'SIGSTOP') throw invalidOption('signals', expected, signal);
}
