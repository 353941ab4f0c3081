/** Koa host: builds the application of a test on Koa. */
import Router, { type RouterContext } from '@koa/router';
import type { Observability } from '@throughline/core';
import { health, metrics, requestContext } from '@throughline/koa';
import Koa from 'koa';
import { koaBody } from 'koa-body';
import { type Answer, bodyLimitBytes, type Exchange, type Middleware, type Setup } from '../contract/cell.js';

export function buildApp(observability: Observability, setup: Setup): Koa {
  const options = { ...setup.request, observability };
  const app = new Koa();
  // Koa prints every error on stderr unless somebody listens.
  app.on('error', () => {});
  for (const middleware of setup.before) app.use(adapt(middleware));
  for (let mounts = 0; mounts < setup.mounts; mounts++) app.use(requestContext(options));
  for (const middleware of setup.after) app.use(adapt(middleware));
  app.use(health({ ...setup.health, observability }));
  if (setup.metrics) app.use(metrics({ ...setup.metrics, observability }));
  app.use(koaBody({ multipart: true, jsonLimit: bodyLimitBytes, jsonStrict: false }));
  app.use(readRaw);
  const router = new Router();
  for (const { method, path, answer } of setup.routes) {
    router[method](path, async (ctx) => {
      const exchange = exchangeOf(ctx);
      await setup.authenticate(exchange);
      reply(ctx, await answer(exchange));
    });
  }
  app.use(router.routes()).use(router.allowedMethods());
  return app;
}

/** Runs a middleware of Connect's kind. */
function adapt(middleware: Middleware): Koa.Middleware {
  return async ({ req, res }, next) => {
    await new Promise<void>((resolve, reject) => {
      middleware(req, res, (error) => (error === undefined ? resolve() : reject(error)));
    });
    await next();
  };
}

/** Koa has no parser for bodies without a format. */
const readRaw: Koa.Middleware = async (ctx, next) => {
  if (ctx.is('application/octet-stream')) Object.assign(ctx.request, { body: Buffer.concat(await ctx.req.toArray()) });
  await next();
};

function exchangeOf(ctx: RouterContext): Exchange {
  return {
    req: ctx.req,
    res: ctx.res,
    params: ctx.params,
    body: ctx.request.body,
    log: ctx.log,
    signIn: (user) => void (ctx.state['user'] = user),
  };
}

function reply(ctx: RouterContext, { status = 200, headers = {}, body }: Answer): void {
  ctx.set(headers);
  ctx.body = body ?? null;
  ctx.status = status;
}
