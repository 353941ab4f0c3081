/** Throughline, its context alone: no access line, and the handler logs nothing. */
import { createObservability } from '@throughline/core';
import { ObservabilityModule } from '@throughline/nest';
import { createApplication } from './application.mjs';

export function createListener() {
  createObservability({ exporters: [] });
  return createApplication({ imports: [ObservabilityModule.forRoot({ request: { accessLog: false } })] });
}
