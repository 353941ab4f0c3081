/** Draft: a report that was read, without what only a record of its own needs; many a report repeats one that waits. */
import type { MadeRecord } from './plain-record.js';

export interface Draft {
  /** What tells the error from others. */
  readonly fingerprint: string;
  make(timeMs: number): MadeRecord;
}
