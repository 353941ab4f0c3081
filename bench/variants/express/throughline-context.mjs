/** Throughline, its context alone: no access line, and the handler logs nothing. */
import { createObservability } from '@throughline/core';
import { requestContext } from '@throughline/express';
import express from 'express';

export function createListener() {
  createObservability({ exporters: [] });
  const app = express();
  app.use(requestContext({ accessLog: false }));
  app.get('/orders/:id', (req, res) => {
    res.json({ id: req.params.id });
  });
  return app;
}
