/** Metrics of requests, health, exporters and the process, in a registry of prom-client's kind. */
export type { MeasuredApplication, MeasuredExporter } from './application.js';
export { type MetricDescription, type MetricKey, metricsCatalogue } from './catalogue.js';
export { createMetricsServer, shareMetrics } from './elsewhere.js';
export { createMetricsEndpoint, type MetricsEndpoint, type MetricsOptions } from './endpoint.js';
export type { MeasureOptions } from './measure.js';
export type { MetricsRegistry } from './registry.js';
