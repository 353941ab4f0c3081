/** cls-hooked for the id and pino-http for the access line. */
import { randomUUID } from 'node:crypto';
import cls from 'cls-hooked';
import express from 'express';
import pino from 'pino';
import { pinoHttp } from 'pino-http';

export function createListener() {
  const namespace = cls.createNamespace('bench');
  const log = pino({ mixin: () => ({ request_id: namespace.get('requestId') }) });
  const app = express();
  app.use((req, res, next) => {
    namespace.bindEmitter(req);
    namespace.bindEmitter(res);
    namespace.run(() => {
      const requestId = req.headers['x-request-id'] ?? randomUUID();
      namespace.set('requestId', requestId);
      res.setHeader('X-Request-Id', requestId);
      next();
    });
  });
  app.use(pinoHttp({ logger: log }));
  app.get('/orders/:id', (req, res) => {
    log.info('order read');
    res.json({ id: req.params.id });
  });
  return app;
}
