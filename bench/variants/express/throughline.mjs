/** Throughline without metrics: id, context, access line and the handler's line. */
import { createObservability, getLogger } from '@throughline/core';
import { requestContext } from '@throughline/express';
import express from 'express';

export function createListener() {
  createObservability({ exporters: [] });
  const log = getLogger('orders');
  const app = express();
  app.use(requestContext());
  app.get('/orders/:id', (req, res) => {
    log.info('order read');
    res.json({ id: req.params.id });
  });
  return app;
}
