/** Floor of the context: one AsyncLocalStorage and the id, by hand, and no line. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import express from 'express';

export function createListener() {
  const storage = new AsyncLocalStorage();
  const app = express();
  app.use((req, res, next) => {
    const requestId = req.headers['x-request-id'] ?? randomUUID();
    res.setHeader('X-Request-Id', requestId);
    storage.run({ requestId }, next);
  });
  app.get('/orders/:id', (req, res) => {
    res.json({ id: req.params.id });
  });
  return app;
}
