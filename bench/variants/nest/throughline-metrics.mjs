/** Throughline, the whole of it: with metrics. */
import { createObservability, getLogger } from '@throughline/core';
import { ObservabilityModule } from '@throughline/nest';
import { createApplication } from './application.mjs';

export function createListener() {
  createObservability({ exporters: [] });
  const logger = getLogger('orders');
  const imports = [ObservabilityModule.forRoot({ metrics: {} })];
  return createApplication({ imports }, () => () => logger.info('order read'));
}
