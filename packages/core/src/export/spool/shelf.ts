/** Shelf: what of a segment a destination has not got yet. */
import type { Journal } from './journal.js';
import type { Segment } from './segment.js';

export interface Shelf {
  readonly journal: Journal;
  readonly segment: Segment;
  /** Offset of the first record. */
  readonly from: number;
  readonly reports: number;
}
