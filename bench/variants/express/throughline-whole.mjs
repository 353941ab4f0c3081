/** Throughline, the whole of it, as its README mounts it: metrics, health and the error handler beside the lines. */
import { createObservability, getLogger } from '@throughline/core';
import { errorHandler, health, metrics, requestContext } from '@throughline/express';
import express from 'express';

export function createListener() {
  createObservability({ exporters: [] });
  const log = getLogger('orders');
  const app = express();
  app.use(requestContext());
  app.use('/api', health());
  app.use(metrics());
  app.get('/orders/:id', (req, res) => {
    log.info('order read');
    res.json({ id: req.params.id });
  });
  app.use(errorHandler());
  return app;
}
