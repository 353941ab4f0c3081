/** Floor: the least that writes the two lines, by hand: one AsyncLocalStorage, one pino. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import express from 'express';
import pino from 'pino';

export function createListener() {
  const log = pino();
  const storage = new AsyncLocalStorage();
  const app = express();
  app.use((req, res, next) => {
    const requestId = req.headers['x-request-id'] ?? randomUUID();
    const startMs = performance.now();
    res.setHeader('X-Request-Id', requestId);
    res.on('close', () => {
      const { method, originalUrl: path } = req;
      const durationMs = performance.now() - startMs;
      log.info(
        { request_id: requestId, method, path, status: res.statusCode, duration_ms: durationMs },
        'request completed',
      );
    });
    storage.run({ requestId }, next);
  });
  app.get('/orders/:id', (req, res) => {
    log.info({ request_id: storage.getStore().requestId }, 'order read');
    res.json({ id: req.params.id });
  });
  return app;
}
