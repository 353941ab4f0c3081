// An application in ES modules that logs, which knows nothing of OpenTelemetry.
import { createObservability, getLogger, pinoOptions } from '@throughline/core';
import { openobserveExporter } from '@throughline/core/exporters/openobserve';
import { pino } from 'pino';
import { run } from './logging.cjs';

await run({ pino, createObservability, getLogger, openobserveExporter, pinoOptions });
