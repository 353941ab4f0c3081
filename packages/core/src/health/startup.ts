/** Startup: waits for what the service must not start without. */
import type { Clock } from '../internal/clock.js';
import type { Found } from './component.js';
import type { FailureCode } from './failure.js';
import { targetOf } from './target.js';

/** A check that kept the service from starting. */
export interface MissingDependency {
  readonly name: string;
  /** Why; absent when nothing is known yet. */
  readonly code?: FailureCode;
  /** Host and port, when they are known; never a credential. */
  readonly target?: string;
  /** What the probe threw; it may hold credentials. Not enumerable, so that printing it never shows it. */
  readonly error?: unknown;
}

/** What `ready()` rejects with. */
export class StartupError extends Error {
  override readonly name = 'StartupError';
  readonly code = 'STARTUP_REFUSED';

  constructor(
    message: string,
    readonly missing: readonly MissingDependency[],
  ) {
    super(message);
  }
}

/** The first pause between two attempts, and the longest; each is twice the one before, until time runs out. */
const firstPauseMs = 100;
const longestPauseMs = 2_000;

export interface Startup {
  /** Asks the checks that refuse a start; resolves with those that do not answer. */
  readonly attempt: (limitMs: number) => Promise<readonly Found[]>;
  readonly isDraining: () => boolean;
  readonly clock: Clock;
  readonly timeoutMs: number;
}

/**
 * Attempts again and again until nothing is missing.
 *
 * @throws {StartupError} When something is missing after `timeoutMs`, or the service is told to drain.
 */
export async function waitForStartup({ attempt, isDraining, clock, timeoutMs }: Startup): Promise<void> {
  const startedAtMs = clock.monotonicMs();
  const leftMs = (): number => timeoutMs - (clock.monotonicMs() - startedAtMs);
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(2 * pauseMs, longestPauseMs)) {
    const missing = await attempt(leftMs());
    if (isDraining()) throw new StartupError('the service was closed before it had started', []);
    if (missing.length === 0) return;
    if (leftMs() < firstPauseMs) throw refusal(missing, timeoutMs);
    await new Promise<void>((resolve) => clock.after(Math.min(pauseMs, leftMs() / 2), resolve));
  }
}

function refusal(found: readonly Found[], timeoutMs: number): StartupError {
  const missing = found.map(({ name, check, finding: { code, error } }): MissingDependency => {
    const target = targetOf(check.target, error);
    const described = { name, ...(code !== undefined && { code }), ...(target !== undefined && { target }) };
    return Object.defineProperty(described, 'error', { value: error });
  });
  const told = missing.map(({ name, code, target }) => {
    const where = target === undefined ? name : `${name} (${target})`;
    return code === undefined ? `${where} has not answered` : `${where} is down with ${code}`;
  });
  const message = `the service does not start: within ${timeoutMs} ms ${told.join(', ')}`;
  return new StartupError(message, missing);
}
