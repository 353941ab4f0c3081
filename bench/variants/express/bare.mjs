/** Bare: the route and nothing else. */
import express from 'express';

export function createListener() {
  const app = express();
  app.get('/orders/:id', (req, res) => {
    res.json({ id: req.params.id });
  });
  return app;
}
