/** Own process: its signals, what keeps it alive, and its end. */
import { constants } from 'node:os';

/** The part of the process that a shutdown touches, so that tests can stand in for it. */
export interface OwnProcess {
  on(signal: NodeJS.Signals, listener: (signal: NodeJS.Signals) => void): void;
  off(signal: NodeJS.Signals, listener: (signal: NodeJS.Signals) => void): void;
  /** How many listen to the signal, without those that only tidy up and leave the end to others. */
  listenerCount(signal: NodeJS.Signals): number;
  /** What keeps it alive, as Node names it. */
  activeResources(): string[];
  /** How it ends once nothing keeps it alive any more. */
  setExitCode(code: number): void;
  end(code: number): void;
}

export const ownProcess: OwnProcess = {
  // First, because one that was added by `once` is no longer there when its turn is over.
  on: (signal, listener) => void process.prependListener(signal, listener),
  off: (signal, listener) => void process.off(signal, listener),
  listenerCount: (signal) => process.listenerCount(signal) - tidyingListeners(),
  activeResources: () => withoutOutput(process.getActiveResourcesInfo()),
  setExitCode: (code) => void (process.exitCode = code),
  // The one place where this package ends a process: it was told to, by a signal.
  end: (code) => process.exit(code),
};

/** The code with which a shell reports a process that a signal ended. */
export function exitCodeOf(signal: NodeJS.Signals): number {
  return 128 + constants.signals[signal];
}

/** Listeners of `signal-exit`, versions 3 and 4, which end the process only when they are alone. */
function tidyingListeners(): number {
  const v3 = (process as { __signal_exit_emitter__?: { count?: number } }).__signal_exit_emitter__;
  const v4 = (globalThis as { [key: symbol]: { count?: number } | undefined })[Symbol.for('signal-exit emitter')];
  return (v3?.count ?? 0) + (v4?.count ?? 0);
}

/** Standard output and error are listed when they are pipes or terminals, but keep no process alive. */
function withoutOutput(resources: readonly string[]): string[] {
  let outputs = 2;
  return resources.filter((name) => !((name === 'PipeWrap' || name === 'TTYWrap') && outputs-- > 0));
}
