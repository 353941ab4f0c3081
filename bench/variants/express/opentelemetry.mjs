/** OpenTelemetry's instrumentation of http and Express: spans in place of an access line; the handler's line has the trace. */
import { ExpressInstrumentation } from '@opentelemetry/instrumentation-express';
import pino from 'pino';
import { startTracing, traceMixin } from '../tracing.mjs';

export async function createListener() {
  startTracing(new ExpressInstrumentation());
  const { default: express } = await import('express');
  const log = pino({ mixin: traceMixin });
  const app = express();
  app.get('/orders/:id', (req, res) => {
    log.info('order read');
    res.json({ id: req.params.id });
  });
  return app;
}
