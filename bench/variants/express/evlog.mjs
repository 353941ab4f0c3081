/** evlog: one wide line per request, to which the handler adds. */
import { initLogger } from 'evlog';
import { evlog } from 'evlog/express';
import express from 'express';

export function createListener() {
  initLogger({ env: { service: 'bench' }, pretty: false });
  const app = express();
  app.use(evlog());
  app.get('/orders/:id', (req, res) => {
    req.log.set({ message: 'order read' });
    res.json({ id: req.params.id });
  });
  return app;
}
