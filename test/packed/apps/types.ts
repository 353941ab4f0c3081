// Compiled beside pino-http, whose types say `req.id` and `req.log` too.
import express from 'express';
import Koa from 'koa';
import { pinoHttp } from 'pino-http';
import { Registry } from 'prom-client';
import { createObservability, type RequestContext, getContext } from '@throughline/core';
import { createRequestObserver } from '@throughline/core/adapter';
import { bridgePinoHttp } from '@throughline/core/bridges/pino-http';
import { httpCheck } from '@throughline/core/checks/http';
import { createMetricsEndpoint } from '@throughline/core/metrics';
import { postgresCheck } from '@throughline/core/checks/postgres';
import { openobserveExporter } from '@throughline/core/exporters/openobserve';
import * as forExpress from '@throughline/express';
import * as forKoa from '@throughline/koa';
import { recordLogs, type RecordedLogs } from '@throughline/core/testing';
import { createNestLogger, ObservabilityModule } from '@throughline/nest';

const observability = createObservability({
  service: { name: 'shop' },
  exporters: [openobserveExporter({ url: 'https://logs.example.com', key: 'user:password' })],
  health: {
    checks: { db: postgresCheck({ query: async () => ({ rows: [] }) }), inventory: httpCheck('http://127.0.0.1:3001') },
  },
});
const app = express();
app.use(forExpress.requestContext({ observability, accessLog: pinoHttp({ logger: observability.logger }) }));
app.use(forExpress.metrics({ observability, registry: new Registry() }));
app.use('/api', forExpress.health({ observability }));
app.get('/', (req, res) => {
  req.log.info({ id: req.requestId }, 'typed');
  res.end();
});
app.use(forExpress.errorHandler({ passOn: true }));

const koa = new Koa();
koa.use(forKoa.requestContext({ user: (ctx) => ctx.state['user'], accessLog: bridgePinoHttp(pinoHttp()) }));
forExpress.requestContext({
  accessLog: { format: 'ecs', customProps: (req: express.Request) => ({ tenant: req.get('x-tenant') }) },
});
koa.use((ctx) => ctx.log.info(ctx.requestId));

export const context: RequestContext | undefined = getContext();
export const module: unknown = ObservabilityModule.forRoot({ observability });
export { createMetricsEndpoint, createRequestObserver };

export const logs: RecordedLogs = recordLogs({ observability });
createNestLogger({ observability }).log('typed', { id: 7 }, 'Types');
