/** Gateway: takes orders at the edge and has them done by inventory and payments. Express. */
import { randomUUID } from 'node:crypto';
import { createObservability, getLogger, gracefulShutdown, setContext, setUser } from '@throughline/core';
import { httpCheck } from '@throughline/core/checks/http';
import { postgresCheck } from '@throughline/core/checks/postgres';
import { errorHandler, health, requestContext } from '@throughline/express';
import express, { type RequestHandler } from 'express';
import { pinoHttp } from 'pino-http';
import { callService } from './call-service.js';
import { createPool } from './database.js';
import { customers } from './demo-data.js';
import { HttpError } from './http-error.js';
import { createOrderLimiter } from './order-limiter.js';
import { setting } from './setting.js';

const inventory = setting('INVENTORY_URL');
const payments = setting('PAYMENTS_URL');

const observability = createObservability();
const logger = getLogger('orders');
const pool = createPool();
const limiter = createOrderLimiter(process.env['REDIS_URL']);
const app = express();

/** The team's own pino-http, kept as it was: it writes the access line, in the context of the request. */
const accessLog = pinoHttp({
  logger: observability.logger,
  autoLogging: { ignore: ({ url = '' }) => url.startsWith('/api/health') },
  customLogLevel: (_req, { statusCode }) => (statusCode >= 500 ? 'error' : 'info'),
  serializers: {
    req: ({ method, url }: { method: string; url: string }) => ({ method, url }),
    res: ({ statusCode }: { statusCode: number }) => ({ statusCode }),
  },
});

/** Finds the customer by the bearer token; from here on the user is on every line. */
const authenticate: RequestHandler = (req, _res, next) => {
  const customer = customers.get(req.get('authorization') ?? '');
  if (!customer) throw new HttpError(401, 'send the bearer token of a customer');
  setUser(customer);
  next();
};

app.use(requestContext({ accessLog }));
app.use(
  '/api',
  health({
    checks: {
      db: postgresCheck(pool, { effects: { startup: 'refuse' } }),
      redis: limiter.check,
      inventory: httpCheck(`${inventory}/api/health/ready`),
      payments: httpCheck(`${payments}/api/health/ready`),
    },
  }),
);

app.post('/orders', authenticate, limiter.limit, express.json(), async (req, res) => {
  const { sku, quantity, card } = (req.body ?? {}) as { sku?: string; quantity?: number; card?: string };
  if (!sku || !Number.isInteger(quantity)) throw new HttpError(400, 'an order needs a sku and a quantity');
  const orderId = randomUUID();
  setContext({ order_id: orderId });
  await callService(`${inventory}/reservations`, { sku, quantity });
  await callService(`${payments}/charges`, { orderId, sku, card });
  logger.info({ sku, quantity }, 'order placed');
  res.status(201).json({ order_id: orderId, sku, quantity });
});

app.use(errorHandler());

await observability.ready(); // without Postgres the gateway does not start, and says why
const server = app.listen(Number(setting('PORT')), '127.0.0.1');
gracefulShutdown(server, {
  hooks: [
    { name: 'postgres', run: () => pool.end() },
    { name: 'redis', run: () => limiter.close() },
  ],
});
