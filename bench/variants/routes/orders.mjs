/** Orders: routes by the hundred to a router, as applications with many of them have them. */
import { Router } from 'express';

const perRouter = 100;

/** Adds `count` routes to the application, whose handlers call `log`. */
export function addRoutes(app, count, log = () => {}) {
  for (let group = 0; group * perRouter < count; group++) {
    const router = Router();
    for (let at = 0; at < Math.min(count, perRouter); at++) {
      router.get(`/orders-${at}/:id`, (req, res) => {
        log();
        res.json({ id: req.params.id });
      });
    }
    app.use(`/group-${group}`, router);
  }
  return app;
}

/** A path for each of them. */
export function paths(count) {
  return Array.from(
    { length: count },
    (_, index) => `/group-${Math.floor(index / perRouter)}/orders-${index % perRouter}/7`,
  );
}
