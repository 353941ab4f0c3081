/** Running in a context: how work outside of HTTP gets one, branches get their own fields, callbacks keep theirs. */
import { areConclusionsWatched, runToConclusion } from './conclusion.js';
import { currentScope, runInScope, toUser } from './current.js';
import { type Job, runJob, unnamedJob } from './jobs.js';
import { type ContextKind, ContextScope } from './request-context.js';
import { isSafeRequestId, newRequestId } from './request-id.js';
import { parseTraceparent, parseTracestate } from './traceparent.js';

/** What a unit of work starts from; {@link extractContext} reads one from headers. */
export interface ContextSeed {
  /** Kept when it is a safe id (`[A-Za-z0-9._\-:+/=@]`, 1 to 128 of them), else replaced by a fresh UUID. */
  requestId?: string | undefined;
  user?: { id: string | number; [field: string]: unknown } | undefined;
  fields?: Record<string, unknown> | undefined;
  /** @default 'task', or 'job' where `job` is given */
  kind?: ContextKind | undefined;
  /** The job that this is; `metrics()` counts jobs by name and queue, times them and how long they waited. */
  job?: Job | undefined;
  /** W3C `traceparent` of whoever asked for the work. */
  traceparent?: string | undefined;
  tracestate?: string | undefined;
}

/** Starts a unit of work: everything that `work` calls, at once or later, sees the same request id. */
export function runWithContext<R>(seed: ContextSeed, work: () => R): R {
  const { requestId, user, fields, job, kind = job ? 'job' : 'task', traceparent, tracestate } = seed;
  const firstTrace = parseTraceparent(traceparent);
  const scope = new ContextScope({
    requestId: isSafeRequestId(requestId) ? requestId : newRequestId(),
    kind,
    firstTrace,
    tracestate: firstTrace && parseTracestate(tracestate),
    user: toUser(user),
    fields: { ...fields },
    revision: 0,
  });
  const inScope = (): R => runInScope(scope, work);
  const isJob = job !== undefined || kind === 'job';
  const run = isJob ? (): R => runJob(job ?? unnamedJob, () => scope.trace, inScope) : inScope;
  return areConclusionsWatched() ? runToConclusion(scope.unit, run) : run();
}

/** Adds fields for `work` alone, hiding those of the same name. Outside a context it just calls `work`. */
export function withContext<R>(fields: Record<string, unknown>, work: () => R): R {
  const scope = currentScope();
  return scope ? runInScope(scope.withFields(fields), work) : work();
}

/** Calls `work` outside of any context: for pools and timers made on first use, which would keep the first request's. */
export function runOutsideContext<R>(work: () => R): R {
  return runInScope(undefined, work);
}

/** A function that runs in the context of now, whoever calls it later. Outside a context it is the function itself. */
export function bindContext<This, Args extends unknown[], R>(
  callback: (this: This, ...args: Args) => R,
): (this: This, ...args: Args) => R {
  const scope = currentScope();
  if (!scope) return callback;
  return function inContext(this: This, ...args: Args): R {
    return runInScope(scope, () => callback.apply(this, args));
  };
}
