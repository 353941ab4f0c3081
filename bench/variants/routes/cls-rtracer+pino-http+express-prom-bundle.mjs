/** The stack that is replaced, told to name routes by their templates. */
import rTracer from 'cls-rtracer';
import express from 'express';
import promBundle from 'express-prom-bundle';
import pino from 'pino';
import { pinoHttp } from 'pino-http';
import { addRoutes } from './orders.mjs';

export function createListener(count) {
  const log = pino({ mixin: () => ({ request_id: rTracer.id() }) });
  const normalizePath = (req) => (req.route ? req.baseUrl + req.route.path : 'unmatched');
  const app = express()
    .use(promBundle({ includeMethod: true, includePath: true, normalizePath }))
    .use(rTracer.expressMiddleware({ useHeader: true, echoHeader: true }))
    .use(pinoHttp({ logger: log }));
  return addRoutes(app, count, () => log.info('order read'));
}
