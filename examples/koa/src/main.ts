/** Koa with Throughline: the smallest useful service. */
import { access } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { createObservability, getLogger, gracefulShutdown, setUser } from '@throughline/core';
import { health, requestContext } from '@throughline/koa';
import Koa from 'koa';

createObservability();
const logger = getLogger('orders');
const app = new Koa();

app.use(requestContext()); // first: the id, the context, the access line
app.use(health({ path: '/api/health', checks: { disk: () => access(tmpdir()) } })); // down when it throws

app.use((ctx) => {
  if (ctx.path === '/fail') throw new Error('the shelf is empty');
  const [, id] = /^\/orders\/(\w+)$/.exec(ctx.path) ?? ctx.throw(404);
  setUser({ id: '42' }); // what your authentication does
  logger.info({ order_id: id }, 'order read'); // the request id and the user are on the line
  ctx.body = { id, state: 'shipped' };
});

gracefulShutdown(app.listen(Number(process.env['PORT'] ?? 3000))); // no request lost on SIGTERM
