/** Conclusion: how a unit of work went, told once at its end to whoever holds lines of it back. */
import { perProcess } from '../internal/per-process.js';
import { tellOutcome } from './outcome.js';

export interface Conclusion {
  readonly failed: boolean;
  /** How long a request took; of other work nobody can say what is slow. */
  readonly durationMs?: number;
}

/** Lines of one unit of work that are not written yet. */
export interface HeldLines {
  /** Writes what is held. */
  release(): void;
  /** The work is over: writes what is held, or forgets it. */
  conclude(conclusion: Conclusion): void;
}

/** What a unit of work has on it while somebody is to tell how it went. */
export interface Concludable {
  /** Holds the first error that is logged on the way; there while somebody is to tell how the work went, no longer. */
  logged?: { error?: Error } | undefined;
  /** Lines that are written only if the work fails. */
  held?: HeldLines | undefined;
  /** How the work went, from the moment that is known. */
  conclusion?: Conclusion | undefined;
}

/** How many wait for conclusions; with none, work is run as if there were no such thing. */
const watchers = perProcess('conclusion-watchers', () => ({ count: 0 }));

/** From here on work that `runWithContext` runs is concluded too. @returns Ends the watch. */
export function watchConclusions(): () => void {
  watchers.count++;
  let isOver = false;
  return () => {
    if (!isOver) watchers.count--;
    isOver = true;
  };
}

export function areConclusionsWatched(): boolean {
  return watchers.count > 0;
}

/** Tells how the work went. What is logged of it from here on is judged by it. */
export function conclude(unit: Concludable, conclusion: Conclusion): void {
  if (!areConclusionsWatched()) return;
  unit.conclusion = conclusion;
  unit.held?.conclude(conclusion);
}

/** Nobody tells of the work any more. Sockets and timers may hold the context for long; an error may hold anything. */
export function forget(unit: Concludable): void {
  unit.logged = undefined;
  unit.held = undefined;
}

/** Runs the work and concludes it when it is done. What it gives comes back, a promise as another one of the same outcome. */
export function runToConclusion<R>(unit: Concludable, run: () => R): R {
  unit.logged = {};
  return tellOutcome(run, (failed) => end(unit, failed));
}

function end(unit: Concludable, failed: boolean): void {
  conclude(unit, { failed });
  forget(unit);
}
