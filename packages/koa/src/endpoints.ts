/** Endpoints: what is answered for probes and scrapers, past Koa's own way of answering. */
import { getObservability } from '@throughline/core';
import { createHealthEndpoint, type HealthOptions } from '@throughline/core/adapter';
import { createMetricsEndpoint, type MetricsOptions } from '@throughline/core/metrics';
import type Koa from 'koa';

/** Answers `path`, `path/live`, `path/ready` and `path/startup`; by default `/health`. */
export function health(options: HealthOptions = {}): Koa.Middleware {
  const answerHealth = createHealthEndpoint(options, getObservability);
  return function health(ctx, next) {
    if (!answerHealth(ctx.req, ctx.res, ctx.path)) return next();
    ctx.respond = false;
    return Promise.resolve();
  };
}

/** Answers `path`; by default `/metrics`. */
export function metrics(options: MetricsOptions = {}): Koa.Middleware {
  const answerMetrics = createMetricsEndpoint(options, getObservability);
  return function metrics(ctx, next) {
    if (!answerMetrics(ctx.req, ctx.res, ctx.path)) return next();
    ctx.respond = false;
    return Promise.resolve();
  };
}
