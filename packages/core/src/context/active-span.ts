/** Active span: that of OpenTelemetry, else that of a tracer which was named to us. */
import { contextManager } from '../internal/open-telemetry.js';
import { perProcess } from '../internal/per-process.js';
import type { Span } from '../internal/span.js';

/** Gives the span that is active where it is called, if there is one. */
export type FindSpan = () => Span | undefined;

/** Tracers that keep to themselves, as Sentry's does. */
const finders = perProcess('span-finders', () => new Set<{ readonly find: FindSpan }>());

/** From here on spans are looked for there too, after OpenTelemetry's. @returns Ends that. */
export function findSpansBy(...finds: readonly FindSpan[]): () => void {
  const added = finds.map((find) => ({ find }));
  for (const finder of added) finders.add(finder);
  return () => {
    for (const finder of added) finders.delete(finder);
  };
}

/** The span that is active here. Never throws. */
export function activeSpan(): Span | undefined {
  return openTelemetrySpan() ?? (finders.size > 0 ? foundSpan() : undefined);
}

/** Under which OpenTelemetry's API keeps the span in a context. */
const spanKey = Symbol.for('OpenTelemetry Context Key SPAN');

function openTelemetrySpan(): Span | undefined {
  return contextManager()?.active().getValue(spanKey) as Span | undefined;
}

function foundSpan(): Span | undefined {
  for (const { find } of finders) {
    try {
      const span = find();
      if (span) return span;
    } catch {
      // A line without its trace is better than none.
    }
  }
  return undefined;
}
