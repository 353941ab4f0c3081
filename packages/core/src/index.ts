/** The public API. */
export type { Logger } from 'pino';
export { extractContext, injectContext } from './context/carrier.js';
export { getContext, getRequestId, setContext, setUser } from './context/current.js';
export type { ContextKind, RequestContext, UserContext } from './context/request-context.js';
export { bindContext, type ContextSeed, runOutsideContext, runWithContext, withContext } from './context/run.js';
export { ConfigError, type ConfigErrorCode } from './errors.js';
export type { Answer, Verdict } from './export/answer.js';
export type { Destination, Sender, TlsOptions } from './export/destination.js';
export type { Entry } from './export/fold.js';
export type { Handover } from './export/handover.js';
export type { ExportProblem } from './export/problem.js';
export type { ErrorRecord } from './export/record.js';
export type { SpoolSettings } from './export/spool/create-spool.js';
export type { SpoolStatus } from './export/spool/spool.js';
export type { ExporterStatus } from './export/taker.js';
export type { Attempt, ExportRequest, Outcome, Transport } from './export/transport.js';
export { gracefulShutdown } from './graceful-shutdown.js';
export type { CheckOptions, HealthCheck, Probe } from './health/check.js';
export type { CheckEffects, CheckKind, HealthView, StartupEffect, ViewEffect } from './health/effects.js';
export type { FailureCode } from './health/failure.js';
export type { Health } from './health/health.js';
export type { ViewAnswers } from './health/matrix.js';
export type { HealthChange } from './health/outage.js';
export type { ComponentReport, HealthReport, HealthStatus } from './health/report.js';
export type { MissingDependency, StartupError } from './health/startup.js';
export type { ComponentStatus } from './health/standing.js';
export type { RedactOptions } from './internal/redact.js';
export type { ServiceInfo } from './internal/service.js';
export type { LivenessWorker, LivenessWorkerOptions } from './liveness/liveness-worker.js';
export type { FlightRecorderOptions } from './log/flight-recorder.js';
export type {
  LogOptions,
  Observability,
  ObservabilityOptions,
  ObservabilityProblem,
  ObservabilityStatus,
} from './observability-options.js';
export { createObservability, getLogger, getObservability, pinoOptions } from './process-observability.js';
export type { HookReport, ShutdownHook } from './shutdown/hooks.js';
export type { FirstSignal, GracefulShutdownOptions, ShutDownApplication, Shutdown } from './shutdown/options.js';
export type { ShutdownReport } from './shutdown/report.js';
export { livenessWorker } from './start-liveness-worker.js';
