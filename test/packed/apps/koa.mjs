import Koa from 'koa';
import { getLogger, setUser } from '@throughline/core';
import { health, metrics, requestContext } from '@throughline/koa';

const log = getLogger('greetings');
const app = new Koa();
app.use(requestContext());
app.use(metrics());
app.use(health({ path: '/api/health', checks: { db: async () => {} } }));
app.use((ctx) => {
  if (!ctx.path.startsWith('/hello/')) return;
  setUser({ id: 42 });
  log.info({ name: ctx.path.slice(7) }, 'hello');
  ctx.body = { hello: ctx.path.slice(7) };
});
const server = app.listen(0, () => console.log(JSON.stringify({ port: server.address().port })));
