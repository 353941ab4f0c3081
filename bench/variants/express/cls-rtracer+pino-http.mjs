/** cls-rtracer for the id and pino-http for the access line, as their pages join them: the id comes in by a mixin. */
import rTracer from 'cls-rtracer';
import express from 'express';
import pino from 'pino';
import { pinoHttp } from 'pino-http';

export function createListener() {
  const log = pino({ mixin: () => ({ request_id: rTracer.id() }) });
  const app = express();
  app.use(rTracer.expressMiddleware({ useHeader: true, echoHeader: true }));
  app.use(pinoHttp({ logger: log }));
  app.get('/orders/:id', (req, res) => {
    log.info('order read');
    res.json({ id: req.params.id });
  });
  return app;
}
