/** Gate: what becomes of a call to a logger: a line, one that is kept in case the request fails, or nothing. */
import type { ContextScope } from '../context/request-context.js';
import type { FlightRecorder } from './flight-recorder.js';
import { errorLevel } from './logged-error.js';
import type { Sampling } from './sampling.js';

export class Gate {
  constructor(
    readonly recorder: FlightRecorder | undefined,
    private readonly sampling: Sampling | undefined,
    /** Whether calls below a logger's level are looked at, because a request may have a level of its own. */
    private readonly hasOwnLevels: boolean,
  ) {}

  /** Whether calls below a logger's level may become lines. */
  get isWide(): boolean {
    return this.hasOwnLevels || this.recorder !== undefined;
  }

  /** Whether nothing but a logger's level decides. */
  get isIdle(): boolean {
    return !this.isWide && !this.sampling;
  }

  /** The part of such lines that is written; 0 when this one is not. The level of a request stands before all else. */
  rateOf(scope: ContextScope | undefined, level: number, isEnabled: boolean, args: readonly unknown[]): number {
    const own = scope?.unit.level;
    if (own !== undefined) return level >= own ? 1 : 0;
    if (!isEnabled) return this.isTold(scope, level) ? 1 : 0;
    if (!this.sampling || level >= errorLevel) return 1;
    return this.sampling.rateOf(typeof args[0] === 'string' ? args[0] : args[1], scope?.requestId);
  }

  /** Whether a line that is not written is kept as long as it is open how the work goes. */
  keeps(scope: ContextScope | undefined, level: number): scope is ContextScope {
    return this.recorder !== undefined && level >= this.recorder.level && scope?.unit.logged !== undefined;
  }

  /** Whether such a call comes to anything, now or later. */
  wants(scope: ContextScope | undefined, level: number): boolean {
    return level >= (scope?.unit.level ?? Infinity) || this.keeps(scope, level);
  }

  /** Whether it is known already that the lines of this request are written: its access line comes last. */
  private isTold(scope: ContextScope | undefined, level: number): boolean {
    const conclusion = scope?.unit.conclusion;
    return conclusion !== undefined && this.keeps(scope, level) && this.recorder?.tells(conclusion) === true;
  }
}
