import { createObservability, gracefulShutdown } from '@throughline/core';
import { errorHandler, health, requestContext } from '@throughline/express';
import express from 'express';
import { endPool, say, work } from './pool.mjs';

createObservability({ exporters: [], log: { levels: { http: 'warn' } } });
const app = express();
app.use(requestContext());
app.use('/api', health());
app.get('/work', async (_req, res) => res.json(await work()));
app.use(errorHandler());
const server = app.listen(0, '127.0.0.1', () => say(server.address().port));
gracefulShutdown(server, { hooks: [{ name: 'pool', run: endPool }] });
