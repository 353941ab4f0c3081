/** Throughline: the listener that `metrics()` adds, and its endpoint. */
import { createObservability } from '@throughline/core';
import { createMetricsEndpoint } from '@throughline/core/metrics';
import { Registry } from 'prom-client';

export function start() {
  const observability = createObservability({ isolated: true, exporters: [], log: { level: 'silent' } });
  const answer = createMetricsEndpoint({ observability, registry: new Registry() }, () => observability);
  const [tell] = observability.tally.listeners;
  return { observe: (route, durationMs) => tell('GET', route, 200, durationMs, undefined), answer };
}
