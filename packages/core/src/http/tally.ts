/** Tally: what one application has done so far, for whoever measures it. */
import type { TraceContext } from '../context/traceparent.js';

/** A place in the count of requests in flight of one method. */
export interface InFlight {
  count: number;
}

/** Told of each request that ended, but of no probe; must not throw. */
export type RequestListener = (
  method: string,
  /** The route's template; `undefined` when none matched. */
  route: string | undefined,
  /** As the access line tells it: 499 for a client that hung up. */
  status: number,
  durationMs: number,
  trace: TraceContext | undefined,
) => void;

/** Counts as they happen. Plain fields and lists, because each request and each line passes here. */
export class Tally {
  private readonly methods = new Map<string, InFlight>();
  private readonly changes = new Map<string, { readonly name: string; readonly status: string; count: number }>();
  /** Lines written so far, by the number of their level. */
  readonly lines: Map<number, number> = new Map();
  /** Who is told of requests. */
  readonly listeners: RequestListener[] = [];

  /** Requests in flight by method, probes left out. */
  get inFlight(): ReadonlyMap<string, Readonly<InFlight>> {
    return this.methods;
  }

  /** How often each check went down or came back. */
  get healthChanges(): Iterable<{ readonly name: string; readonly status: string; readonly count: number }> {
    return this.changes.values();
  }

  /** Counts a request in; who counts it out again takes one off. */
  enter(given: string | undefined): InFlight {
    const method = knownMethod(given);
    let place = this.methods.get(method);
    if (!place) this.methods.set(method, (place = { count: 0 }));
    place.count++;
    return place;
  }

  countHealthChange({ name, status }: { readonly name: string; readonly status: string }): void {
    const key = `${name} ${status}`;
    const change = this.changes.get(key) ?? { name, status, count: 0 };
    change.count++;
    this.changes.set(key, change);
  }

  countLine(level: number): void {
    this.lines.set(level, (this.lines.get(level) ?? 0) + 1);
  }
}

/** RFC 9110 §9, PATCH of RFC 5789 and QUERY; a client may send any of Node's thirty others. */
const knownMethods: ReadonlySet<string | undefined> = new Set([
  'CONNECT',
  'DELETE',
  'GET',
  'HEAD',
  'OPTIONS',
  'PATCH',
  'POST',
  'PUT',
  'QUERY',
  'TRACE',
]);

/** The method, or OpenTelemetry's word for one that is not usual: https://opentelemetry.io/docs/specs/semconv/http/http-metrics/ */
export function knownMethod(method: string | undefined): string {
  return method !== undefined && knownMethods.has(method) ? method : '_OTHER';
}
