/** Nest platforms: the two servers Nest runs on, each with parsers for the bodies of the contract. */
import { ExpressAdapter, type NestExpressApplication } from '@nestjs/platform-express';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { AbstractHttpAdapter } from '@nestjs/core';
import multer from 'multer';
import { bodyLimitBytes, unparsedType } from '../contract/cell.js';

export interface Platform<Application> {
  readonly createAdapter: () => AbstractHttpAdapter;
  readonly addParsers: (app: Application) => void;
}

export const onExpress: Platform<NestExpressApplication> = {
  createAdapter: () => new ExpressAdapter(),
  addParsers(app) {
    app.useBodyParser('json', { limit: bodyLimitBytes });
    app.useBodyParser('urlencoded', { extended: false });
    app.useBodyParser('raw');
    app.use(multer().any());
  },
};

export const onFastify: Platform<NestFastifyApplication> = {
  createAdapter: () => new FastifyAdapter({ bodyLimit: bodyLimitBytes }),
  addParsers(app) {
    const instance = app.getHttpAdapter().getInstance();
    const buffered = ['application/octet-stream', 'multipart/form-data'];
    instance.addContentTypeParser(buffered, { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
    instance.addContentTypeParser(unparsedType, (_request, _payload, done) => done(null));
  },
};
