/** Throughline for NestJS 10, 11 and 12, on Express and on Fastify. */
export { HealthIndicator } from './health-indicator.js';
export { OBSERVABILITY, ObservabilityModule, type ObservabilityModuleAsyncOptions } from './observability-module.js';
export type { PlatformRequest } from './platform.js';
export type { ApplicationShutdownOptions, ObservabilityModuleOptions } from './settings.js';
