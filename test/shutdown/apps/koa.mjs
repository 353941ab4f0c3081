import { createObservability, gracefulShutdown } from '@throughline/core';
import { health, requestContext } from '@throughline/koa';
import Koa from 'koa';
import { endPool, say, work } from './pool.mjs';

createObservability({ exporters: [], log: { levels: { http: 'warn' } } });
const app = new Koa();
app.use(requestContext());
app.use(health({ path: '/api/health' }));
app.use(async (ctx) => {
  ctx.body = await work();
});
const server = app.listen(0, '127.0.0.1', () => say(server.address().port));
gracefulShutdown(server, { hooks: [{ name: 'pool', run: endPool }] });
