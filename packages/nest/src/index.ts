/** Throughline for NestJS 10, 11 and 12, on Express and on Fastify. */
export { HealthIndicator } from './health-indicator.js';
export { createNestLogger, type NestLoggerOptions } from './nest-logger.js';
export { OBSERVABILITY, ObservabilityModule, type ObservabilityModuleAsyncOptions } from './observability-module.js';
export type { PlatformRequest } from './platform.js';
export type { ApplicationShutdownOptions, NestRequestOptions, ObservabilityModuleOptions } from './settings.js';
