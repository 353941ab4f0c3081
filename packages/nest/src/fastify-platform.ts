/** Fastify platform: how requests come to Nest on Fastify. */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AbstractHttpAdapter } from '@nestjs/core';
import type { Logger } from '@throughline/core';
import { exchangeOf } from '@throughline/core/adapter';
import type { Platform, PlatformRequest, Step } from './platform.js';

interface FastifyRequest extends PlatformRequest {
  readonly raw: IncomingMessage;
  readonly routeOptions?: { readonly url?: string };
  /** One that does nothing, unless Fastify was given a logger; that has a level. */
  log?: Partial<Logger>;
  requestId?: string;
}

type OnRequest = (request: FastifyRequest, reply: { raw: ServerResponse }, done: () => void) => void;

interface Fastify {
  readonly server: Server;
  addHook(name: 'onRequest', hook: OnRequest): unknown;
}

/** Where Node's request keeps Fastify's: a `WeakMap` would keep both alive past their end. */
const requestKey: unique symbol = Symbol('throughline.fastify-request');

interface Known {
  [requestKey]?: FastifyRequest;
}

function fastifyRequestOf(req: IncomingMessage): FastifyRequest | undefined {
  return (req as Known)[requestKey];
}

export function fastifyPlatform(adapter: AbstractHttpAdapter): Platform {
  return {
    requestOf: fastifyRequestOf,
    routeOf(req) {
      const url = fastifyRequestOf(req)?.routeOptions?.url;
      // Nest's routes begin with a slash; `*` is where the plugin for CORS answers preflights.
      return url?.startsWith('/') ? url : undefined;
    },
    open({ observe, admit }) {
      const fastify = adapter.getInstance<Fastify>();
      const enter: Step = (req, res, next) => {
        const goOn = (): void => admit(req, res, next);
        const exchange = exchangeOf(req);
        if (exchange) exchange.run(goOn);
        else observe(req, res, goOn);
      };
      // Nest's adapter has hooks before any of ours, and answers CORS preflights there.
      fastify.server.prependListener('request', (req, res) => observe(req, res, () => {}));
      // Middleware runs in a hook that Nest has added already, and is given Node's request only.
      if ('use' in fastify) adapter.use(enter);
      fastify.addHook('onRequest', (request, reply, done) => {
        (request.raw as Known)[requestKey] = request;
        expose(request);
        enter(request.raw, reply.raw, done);
      });
    },
  };
}

function expose(request: FastifyRequest): void {
  const exchange = exchangeOf(request.raw);
  if (!exchange) return;
  request.requestId ??= exchange.scope.requestId;
  if (request.log?.level === undefined) request.log = exchange.logger;
}
