/** OpenTelemetry's instrumentation of http, Express and Nest: spans in place of an access line. */
import { ExpressInstrumentation } from '@opentelemetry/instrumentation-express';
import { NestInstrumentation } from '@opentelemetry/instrumentation-nestjs-core';
import pino from 'pino';
import { startTracing, traceMixin } from '../tracing.mjs';

export async function createListener() {
  startTracing(new ExpressInstrumentation(), new NestInstrumentation());
  const { createApplication } = await import('./application.mjs');
  const logger = pino({ mixin: traceMixin });
  return createApplication({}, () => () => logger.info('order read'));
}
