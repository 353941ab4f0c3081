/** Nest platforms: the two servers Nest runs on, each with parsers for the bodies of the contract. */
import { ExpressAdapter, type NestExpressApplication } from '@nestjs/platform-express';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { AbstractHttpAdapter } from '@nestjs/core';
import multer from 'multer';
import { bodyLimitBytes, type Middleware, unparsedType } from '../contract/cell.js';

type FastifyInstance = ReturnType<ReturnType<NestFastifyApplication['getHttpAdapter']>['getInstance']>;

export interface Platform<Application> {
  readonly createAdapter: () => AbstractHttpAdapter;
  /** Mounts a middleware before any module is there to mount its own. */
  readonly mountFirst: (adapter: AbstractHttpAdapter, middleware: Middleware) => void;
  readonly addParsers: (app: Application) => void;
}

export const onExpress: Platform<NestExpressApplication> = {
  createAdapter: () => new ExpressAdapter(),
  mountFirst: (adapter, middleware) => adapter.use(middleware),
  addParsers(app) {
    app.useBodyParser('json', { limit: bodyLimitBytes });
    app.useBodyParser('urlencoded', { extended: false });
    app.useBodyParser('raw');
    app.use(multer().any());
  },
};

export const onFastify: Platform<NestFastifyApplication> = {
  createAdapter: () => new FastifyAdapter({ bodyLimit: bodyLimitBytes }),
  mountFirst(adapter, middleware) {
    const instance = adapter.getInstance<FastifyInstance>();
    instance.addHook('onRequest', ({ raw: req }, { raw: res }, done) =>
      middleware(req, res, (error) => done(error as Error | undefined)),
    );
  },
  addParsers(app) {
    const instance = app.getHttpAdapter().getInstance();
    const buffered = ['application/octet-stream', 'multipart/form-data'];
    instance.addContentTypeParser(buffered, { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
    instance.addContentTypeParser(unparsedType, (_request, _payload, done) => done(null));
  },
};
