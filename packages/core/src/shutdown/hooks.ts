/** Hooks: work of the application's, one after the other, none of which may hold up the end. */
import type { Clock } from '../internal/clock.js';
import { invalidOption, requireObject, requireRange, requireText } from '../internal/options.js';

/** Work to be done once no request is under way any more, such as ending a pool. */
export interface ShutdownHook {
  /** What the log and the report call it. */
  readonly name: string;
  /** Does it; the signal aborts when time is up. */
  readonly run: (signal: AbortSignal) => unknown;
  /** Longest wait for it, in milliseconds. @default 2000 */
  readonly timeoutMs?: number;
}

export const hookDefaults: { timeoutMs: number } = { timeoutMs: 2000 };

/** How one hook ended. */
export interface HookReport {
  readonly name: string;
  readonly status: 'done' | 'failed' | 'timed out';
  readonly durationMs: number;
  /** What it threw. Not enumerable: it may hold hosts and credentials. */
  readonly error?: unknown;
}

/** Runs one hook; resolves when it is done or its time is up, and never rejects. */
export async function runHook({ name, run, timeoutMs }: Required<ShutdownHook>, clock: Clock): Promise<HookReport> {
  const startedAtMs = clock.monotonicMs();
  const controller = new AbortController();
  const report = (status: HookReport['status']): HookReport => {
    return { name, status, durationMs: Math.round(clock.monotonicMs() - startedAtMs) };
  };
  // inside a promise, so that a synchronous throw is a rejection like any other
  const work = new Promise((done) => done(run(controller.signal))).then(
    () => report('done'),
    (error: unknown) => Object.defineProperty(report('failed'), 'error', { value: error }),
  );
  return limited(work, timeoutMs, clock, () => {
    controller.abort(new Error(`${name} took more than ${timeoutMs} ms`));
    return report('timed out');
  });
}

/** What the work gives, or when it takes too long what `late` gives. */
export function limited<T>(work: Promise<T>, limitMs: number, clock: Clock, late: () => T): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = clock.after(limitMs, () => resolve(late()));
    work.then(resolve, reject).finally(() => timer.cancel());
  });
}

/** @throws {ConfigError} When one of them is no hook. */
export function completeHooks(hooks: readonly ShutdownHook[]): Required<ShutdownHook>[] {
  if (!Array.isArray(hooks)) throw invalidOption('hooks', 'a list of { name, run }', hooks);
  return (hooks as readonly ShutdownHook[]).map((hook, index) => {
    requireObject(`hooks[${index}]`, hook, 'an object with name and run');
    const { name, run, timeoutMs = hookDefaults.timeoutMs } = hook;
    requireText(`hooks[${index}].name`, name);
    if (typeof run !== 'function') throw invalidOption(`hooks.${name}.run`, 'a function', run);
    requireRange(`hooks.${name}.timeoutMs`, timeoutMs, 1, 2 ** 31 - 1);
    return { name, run: (signal) => hook.run(signal), timeoutMs };
  });
}
