/** Comparison: how a logger tells by the numbers of two levels whether a line is written. */
import type { LoggerOptions } from 'pino';

/** Whether a line of this level is written by a logger of that one. */
export type Comparison = (level: number, least: number) => boolean;

/** The comparison that pino makes with these options. */
export function comparisonOf({ levelComparison: own }: LoggerOptions): Comparison {
  if (typeof own === 'function') return own;
  return own === 'DESC' ? (level, least) => level <= least : (level, least) => level >= least;
}
