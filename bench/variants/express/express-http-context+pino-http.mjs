/** express-http-context for the id and pino-http for the access line. */
import { randomUUID } from 'node:crypto';
import express from 'express';
import httpContext from 'express-http-context';
import pino from 'pino';
import { pinoHttp } from 'pino-http';

export function createListener() {
  const log = pino({ mixin: () => ({ request_id: httpContext.get('requestId') }) });
  const app = express();
  app.use(httpContext.middleware);
  app.use((req, res, next) => {
    const requestId = req.headers['x-request-id'] ?? randomUUID();
    httpContext.set('requestId', requestId);
    res.setHeader('X-Request-Id', requestId);
    next();
  });
  app.use(pinoHttp({ logger: log }));
  app.get('/orders/:id', (req, res) => {
    log.info('order read');
    res.json({ id: req.params.id });
  });
  return app;
}
