/** Express host: builds the application of a test on Express. */
import { pipeline, Readable } from 'node:stream';
import type { Observability } from '@throughline/core';
import { errorHandler, health, metrics, requestContext } from '@throughline/express';
import express, { type Express, type Request, type Response } from 'express';
import multer from 'multer';
import { type Answer, bodyLimitBytes, type Exchange, type Route, type Setup } from '../contract/cell.js';

export function buildApp(observability: Observability, setup: Setup): Express {
  const options = { ...setup.request, observability };
  const app = express();
  for (const middleware of setup.before) app.use(middleware);
  for (let mounts = 0; mounts < setup.mounts; mounts++) app.use(requestContext(options));
  for (const middleware of setup.after) app.use(middleware);
  app.use(health({ ...setup.health, observability }));
  if (setup.metrics) app.use(metrics({ ...setup.metrics, observability }));
  app.use(express.json({ limit: bodyLimitBytes }), express.urlencoded({ extended: false }), express.raw());
  app.use(multer().any());
  for (const route of setup.routes) mount(app, route, setup);
  app.use(errorHandler(options));
  return app;
}

function mount(app: Express, { method, path, answer }: Route, { authenticate }: Setup): void {
  app[method](path, async (req, res, next) => {
    try {
      const exchange = exchangeOf(req, res);
      await authenticate(exchange);
      reply(res, await answer(exchange));
    } catch (error) {
      // Express 4 does not look at what a handler returns.
      next(error);
    }
  });
}

function exchangeOf(req: Request, res: Response): Exchange {
  return {
    req,
    res,
    params: req.params as Record<string, string>,
    body: req.body,
    log: req.log,
    signIn: (user) => Object.assign(req, { user }),
  };
}

function reply(res: Response, { status = 200, headers = {}, body }: Answer): void {
  res.status(status).set(headers);
  if (body instanceof Readable) pipeline(body, res, () => {});
  else res.send(body);
}
