/** Inventory: knows what is in stock, and sets it aside. Koa. */
import { json } from 'node:stream/consumers';
import Router from '@koa/router';
import { createObservability, getLogger, gracefulShutdown } from '@throughline/core';
import { postgresCheck } from '@throughline/core/checks/postgres';
import { health, requestContext } from '@throughline/koa';
import Koa from 'koa';
import { createPool } from './database.js';
import { setting } from './setting.js';

createObservability();
const logger = getLogger('stock');
const pool = createPool();
const app = new Koa();
const router = new Router();

await pool.query(`
  create table if not exists stock (sku text primary key, quantity int not null);
  insert into stock values ('apple', 1000), ('broken', 1000) on conflict do nothing;
`);

/** Takes the quantity off the stock, unless there is less than that. */
const reserve = `
  update stock set quantity = quantity - $2 where sku = $1 and quantity >= $2 returning quantity as left_over`;

router.post('/reservations', async (ctx) => {
  const { sku, quantity } = (await json(ctx.req)) as { sku: string; quantity: number };
  const { rows } = await pool.query<{ left_over: number }>(reserve, [sku, quantity]);
  const [reserved] = rows;
  if (!reserved) return ctx.throw(409, `no ${quantity} of ${sku} in stock`);
  logger.info({ sku, quantity, left_over: reserved.left_over }, 'stock reserved');
  ctx.status = 201;
  ctx.body = reserved;
});

app.use(requestContext({ user: ({ headers }) => headers['x-user-id'] })); // the gateway knows who it is
app.use(health({ path: '/api/health', checks: { db: postgresCheck(pool) } }));
app.use(router.routes());

const server = app.listen(Number(setting('PORT')), '127.0.0.1');
gracefulShutdown(server, { hooks: [{ name: 'postgres', run: () => pool.end() }] });
