/** The stack that is replaced: cls-rtracer, pino-http, and express-prom-bundle with the labels that ours has. */
import rTracer from 'cls-rtracer';
import express from 'express';
import promBundle from 'express-prom-bundle';
import pino from 'pino';
import { pinoHttp } from 'pino-http';

export function createListener() {
  const log = pino({ mixin: () => ({ request_id: rTracer.id() }) });
  const app = express();
  app.use(
    promBundle({
      includeMethod: true,
      includePath: true,
      normalizePath: (req) => req.route?.path ?? 'unmatched',
      promClient: { collectDefaultMetrics: {} },
    }),
  );
  app.use(rTracer.expressMiddleware({ useHeader: true, echoHeader: true }));
  app.use(pinoHttp({ logger: log }));
  app.get('/orders/:id', (req, res) => {
    log.info('order read');
    res.json({ id: req.params.id });
  });
  return app;
}
