import express from 'express';
import { getLogger, setUser } from '@throughline/core';
import { errorHandler, health, metrics, requestContext } from '@throughline/express';

const log = getLogger('greetings');
const app = express();
app.use(requestContext());
app.use(metrics());
app.use('/api', health({ checks: { db: async () => {} } }));
app.get('/hello/:name', (req, res) => {
  setUser({ id: 42 });
  log.info({ name: req.params.name }, 'hello');
  res.json({ hello: req.params.name });
});
app.use(errorHandler());
const server = app.listen(0, () => console.log(JSON.stringify({ port: server.address().port })));
