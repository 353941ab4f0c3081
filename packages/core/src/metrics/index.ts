/** Metrics of requests, health, exporters and the process, in a registry of prom-client's kind. */
export type { MeasuredApplication, MeasuredExporter } from './application.js';
export { type MetricDescription, type MetricKey, metricsCatalogue } from './catalogue.js';
export { createMetricsEndpoint, type MetricsEndpoint, type MetricsOptions } from './endpoint.js';
export type { MetricsRegistry } from './registry.js';
