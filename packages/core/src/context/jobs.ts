/** Jobs: work outside of requests that has a name, and whoever is told of its beginning and its end. */
import { perProcess } from '../internal/per-process.js';
import { tellOutcome } from './outcome.js';
import type { TraceContext } from './traceparent.js';

/** What a job is called. Names, never ids: metrics have a series for each, with at most 128 characters of a name. */
export interface Job {
  /** Such as `send-mail`. */
  readonly name: string;
  /** Where it waited, such as the queue of a broker. */
  readonly queue?: string | undefined;
  /** When it was asked for. */
  readonly queuedAt?: Date | undefined;
}

/** Work that is said to be a job, but not which. */
export const unnamedJob: Job = { name: 'unnamed' };

/** Told of each job; must not throw. */
export interface JobWatcher {
  /** @returns Is called at the job's end. */
  start(job: Job): (failed: boolean, trace: TraceContext | undefined) => void;
}

const watchers = perProcess('job-watchers', () => new Set<JobWatcher>());

export function watchJobs(watcher: JobWatcher): void {
  watchers.add(watcher);
}

/** Runs a job under the eyes of those who watch. @param traceOf Asked at the end. */
export function runJob<R>(job: Job, traceOf: () => TraceContext | undefined, run: () => R): R {
  if (watchers.size === 0) return run();
  const ends = Array.from(watchers, (watcher) => watcher.start(job));
  return tellOutcome(run, (failed) => {
    for (const end of ends) end(failed, traceOf());
  });
}
