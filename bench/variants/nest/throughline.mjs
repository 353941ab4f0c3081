/** Throughline without metrics: id, context, access line, the handler's line, and health, which the module always has. */
import { createObservability, getLogger } from '@throughline/core';
import { ObservabilityModule } from '@throughline/nest';
import { createApplication } from './application.mjs';

export function createListener() {
  createObservability({ exporters: [] });
  const logger = getLogger('orders');
  return createApplication({ imports: [ObservabilityModule] }, () => () => logger.info('order read'));
}
