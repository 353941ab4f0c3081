/** Floor: the least that writes the two lines, by hand: one AsyncLocalStorage, one pino. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import pino from 'pino';
import { createApplication } from './application.mjs';

export function createListener() {
  const logger = pino();
  const storage = new AsyncLocalStorage();
  function observe(req, res, next) {
    const requestId = req.headers['x-request-id'] ?? randomUUID();
    const startMs = performance.now();
    res.setHeader('X-Request-Id', requestId);
    res.on('close', () => {
      const { method, originalUrl: path } = req;
      const fields = { request_id: requestId, method, path, status: res.statusCode };
      logger.info({ ...fields, duration_ms: performance.now() - startMs }, 'request completed');
    });
    storage.run({ requestId }, next);
  }
  return createApplication({}, (app) => {
    app.use(observe);
    return () => logger.info({ request_id: storage.getStore().requestId }, 'order read');
  });
}
