/** Throughline with metrics. */
import { createObservability, getLogger } from '@throughline/core';
import { metrics, requestContext } from '@throughline/express';
import express from 'express';

export function createListener() {
  createObservability({ exporters: [] });
  const log = getLogger('orders');
  const app = express();
  app.use(requestContext());
  app.use(metrics());
  app.get('/orders/:id', (req, res) => {
    log.info('order read');
    res.json({ id: req.params.id });
  });
  return app;
}
