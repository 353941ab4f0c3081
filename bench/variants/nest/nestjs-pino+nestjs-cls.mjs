/** The stack that is replaced: nestjs-cls for the id and what else belongs to a request, nestjs-pino for the lines. */
import { randomUUID } from 'node:crypto';
import { ClsModule, ClsServiceManager } from 'nestjs-cls';
import { Logger, LoggerModule } from 'nestjs-pino';
import { createApplication } from './application.mjs';

const middleware = {
  mount: true,
  generateId: true,
  idGenerator: (req) => req.headers['x-request-id'] ?? randomUUID(),
  setup: (cls, _req, res) => res.setHeader('X-Request-Id', cls.getId()),
};

export function createListener(parts = {}) {
  const cls = ClsServiceManager.getClsService();
  const imports = [
    ClsModule.forRoot({ global: true, middleware }),
    LoggerModule.forRoot({ pinoHttp: { mixin: () => ({ request_id: cls.getId() }) } }),
  ];
  return createApplication({ ...parts, imports: [...imports, ...(parts.imports ?? [])] }, (app) => {
    const logger = app.get(Logger);
    return () => logger.log('order read');
  });
}
