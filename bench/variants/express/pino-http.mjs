/** pino-http as it comes: the handler logs through `req.log`. */
import express from 'express';
import { pinoHttp } from 'pino-http';

export function createListener() {
  const app = express();
  app.use(pinoHttp());
  app.get('/orders/:id', (req, res) => {
    req.log.info('order read');
    res.json({ id: req.params.id });
  });
  return app;
}
