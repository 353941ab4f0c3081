/** Express with Throughline: the smallest useful service. */
import { access } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { createObservability, getLogger, gracefulShutdown, setUser } from '@throughline/core';
import { errorHandler, health, requestContext } from '@throughline/express';
import express from 'express';

createObservability();
const logger = getLogger('orders');
const app = express();

app.use(requestContext()); // first: the id, the context, the access line
app.use('/api', health({ checks: { disk: () => access(tmpdir()) } })); // down when it throws

app.get('/orders/:id', (req, res) => {
  setUser({ id: '42' }); // what your authentication does
  logger.info({ order_id: req.params.id }, 'order read'); // the request id and the user are on the line
  res.json({ id: req.params.id, state: 'shipped' });
});

app.get('/fail', () => {
  throw new Error('the shelf is empty');
});

app.use(errorHandler()); // last: records the error, answers with its status and the request id

gracefulShutdown(app.listen(Number(process.env['PORT'] ?? 3000))); // no request lost on SIGTERM
