/** Request context: what every line, span and call of one unit of work has in common. */
import { activeSpan } from './active-span.js';
import type { Concludable } from './conclusion.js';
import { areIds, type TraceContext } from './traceparent.js';

/** Who a request is made for. Only `id` is logged, unless `log.userFields` names more. */
export interface UserContext {
  readonly id: string;
  readonly [field: string]: unknown;
}

/** What a unit of work is: a request, or what `runWithContext` was told. */
export type ContextKind = 'http' | 'job' | 'event' | 'task';

/** The context as the application reads it. It is alive: a user set later shows on the same object. */
export interface RequestContext {
  readonly requestId: string;
  readonly kind: ContextKind;
  readonly method?: string | undefined;
  /** Path of the URL, without the query string. */
  readonly path?: string | undefined;
  readonly user?: UserContext | undefined;
  /** Of the active span, else of the one the request began with, else of the inbound `traceparent`. */
  readonly traceId?: string | undefined;
  readonly spanId?: string | undefined;
  /** What `setContext` and `withContext` gave. */
  readonly fields: Readonly<Record<string, unknown>>;
}

/** The part that a whole request shares. Small on purpose: sockets and timers may hold it for long. */
export interface UnitOfWork extends Concludable {
  readonly requestId: string;
  readonly kind: ContextKind;
  readonly method?: string | undefined;
  readonly path?: string | undefined;
  /** Of the span that was active when the work began, else of the inbound `traceparent`: for where no span is active. */
  readonly firstTrace?: TraceContext | undefined;
  /** The inbound `tracestate`, forwarded as it came. */
  readonly tracestate?: string | undefined;
  user?: UserContext | undefined;
  /** Least level that is written, as pino's number, in place of the loggers' own. */
  level?: number | undefined;
  fields: Readonly<Record<string, unknown>>;
  /** Errors that a line has told in full. */
  toldErrors?: WeakSet<Error> | undefined;
  /** What is known of the request by whoever answers it, until its response is closed. */
  exchange?: object | undefined;
  /** Counts changes, so that what is derived from the context can be kept until the next one. */
  revision: number;
}

/** The fields of a context that nobody gave any. */
export const noFields: Readonly<Record<string, never>> = Object.freeze({});

/** A unit of work as seen from one place: `withContext` makes further ones with fields of their own. */
export class ContextScope implements RequestContext {
  /** What the last writer of log lines derived from this scope; it alone knows the shape. */
  derived: unknown;

  constructor(
    readonly unit: UnitOfWork,
    private shadow?: Readonly<Record<string, unknown>>,
  ) {}

  get requestId(): string {
    return this.unit.requestId;
  }

  get kind(): ContextKind {
    return this.unit.kind;
  }

  get method(): string | undefined {
    return this.unit.method;
  }

  get path(): string | undefined {
    return this.unit.path;
  }

  get user(): UserContext | undefined {
    return this.unit.user;
  }

  get traceId(): string | undefined {
    return this.trace?.traceId;
  }

  get spanId(): string | undefined {
    return this.trace?.spanId;
  }

  /** What may be shown when somebody logs the context itself: of the user the id alone. */
  toJSON(): RequestContext {
    const { requestId, kind, method, path, user, traceId, spanId, fields } = this;
    return { requestId, kind, method, path, user: user && { id: user.id }, traceId, spanId, fields };
  }

  /** The active span's ids, else those that the work began with. */
  get trace(): TraceContext | undefined {
    return activeTrace() ?? this.unit.firstTrace;
  }

  get fields(): Readonly<Record<string, unknown>> {
    return this.shadow ? { ...this.unit.fields, ...this.shadow } : this.unit.fields;
  }

  /** A scope of the same unit of work in which these fields stand before the others. */
  withFields(fields: Record<string, unknown>): ContextScope {
    return new ContextScope(this.unit, { ...this.shadow, ...fields });
  }

  /** Like assignment to a variable: a field that `withContext` shadows changes there, any other for the whole request. */
  setFields(fields: Record<string, unknown>): void {
    const { shadow = {} } = this;
    const isShadowed = ([name]: [string, unknown]): boolean => Object.hasOwn(shadow, name);
    const entries = Object.entries(fields);
    // Spread, because assigning a field named `__proto__` would set a prototype.
    this.unit.fields = { ...this.unit.fields, ...Object.fromEntries(entries.filter((entry) => !isShadowed(entry))) };
    if (this.shadow) this.shadow = { ...shadow, ...Object.fromEntries(entries.filter(isShadowed)) };
    this.unit.revision++;
  }

  setUser(user: UserContext | undefined): void {
    this.unit.user = user;
    this.unit.revision++;
  }
}

/** The ids of the active span, if there is one: https://opentelemetry.io/docs/specs/otel/compatibility/logging_trace_context/ */
export function activeTrace(): TraceContext | undefined {
  const span = activeSpan()?.spanContext();
  if (!span || !areIds(span.traceId, span.spanId)) return undefined;
  return {
    traceId: span.traceId,
    spanId: span.spanId,
    traceFlags: (span.traceFlags & 0xff).toString(16).padStart(2, '0'),
  };
}
