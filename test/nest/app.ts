/** Nest host: builds and starts the application of a test on Nest. */
import 'reflect-metadata';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { Controller, Get, type INestApplication, Post, Req, Res, StreamableFile, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { Logger, Observability } from '@throughline/core';
import { ObservabilityModule } from '@throughline/nest';
import type { Answer, Exchange, Listening, Route, Setup } from '../contract/cell.js';
import type { Platform } from './platform.js';

/** What the requests of both platforms have in common; Fastify's has Node's under `raw`. */
interface PlatformRequest {
  readonly raw?: IncomingMessage;
  readonly params: Readonly<Record<string, string>>;
  readonly body: unknown;
  readonly log: Logger;
}

interface PlatformResponse {
  readonly raw?: ServerResponse;
  status(code: number): unknown;
  header(name: string, value: string): unknown;
}

export async function startApp<Application extends INestApplication>(
  { createAdapter, mountFirst, addParsers }: Platform<Application>,
  observability: Observability,
  { before, after, mounts, request, health, metrics, authenticate, routes }: Setup,
): Promise<Listening> {
  const adapter = createAdapter();
  for (const middleware of before) mountFirst(adapter, middleware);
  const imports = Array.from({ length: mounts }, () =>
    ObservabilityModule.forRoot({ observability, request, health, ...(metrics && { metrics }) }),
  );
  const root = { module: class Root {}, imports, controllers: [controllerOf(routes)] };
  const app = await NestFactory.create<Application>(root, adapter, { logger: false, abortOnError: false });
  for (const middleware of after) app.use(middleware);
  addParsers(app);
  app.useGlobalGuards({
    async canActivate(context) {
      const http = context.switchToHttp();
      await authenticate(exchangeOf(http.getRequest(), http.getResponse()));
      return true;
    },
  });
  await app.listen(0, '127.0.0.1');
  return { server: app.getHttpServer(), close: () => app.close() };
}

const verbs = { get: Get, post: Post };

/** A controller with one handler for each route, decorated as if it were written by hand. */
function controllerOf(routes: readonly Route[]): Type {
  class Routes {}
  const prototype = Routes.prototype as Record<string, unknown>;
  for (const [index, { method, path, answer }] of routes.entries()) {
    const name = `route${index}`;
    const value = async (request: PlatformRequest, response: PlatformResponse): Promise<unknown> =>
      reply(response, await answer(exchangeOf(request, response)));
    prototype[name] = value;
    verbs[method](path)(prototype, name, { value });
    Req()(prototype, name, 0);
    Res({ passthrough: true })(prototype, name, 1);
  }
  Controller()(Routes);
  return Routes;
}

function exchangeOf(request: PlatformRequest, response: PlatformResponse): Exchange {
  return {
    req: request.raw ?? (request as unknown as IncomingMessage),
    res: response.raw ?? (response as unknown as ServerResponse),
    params: request.params,
    body: request.body,
    log: request.log,
    signIn: (user) => Object.assign(request, { user }),
  };
}

function reply(response: PlatformResponse, { status = 200, headers = {}, body }: Answer): unknown {
  response.status(status);
  for (const [name, value] of Object.entries(headers)) response.header(name, value);
  return body instanceof Readable ? new StreamableFile(body) : body;
}
