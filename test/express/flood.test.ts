import { metrics, requestContext } from '@throughline/express';
import express, { Router } from 'express';
import { Registry } from 'prom-client';
import { expect, inject, it } from 'vitest';
import { counted, flood, floodTimeoutMs } from '../contract/flood.js';
import { listen } from '../contract/listen.js';
import { start } from '../contract/start.js';

it(`a flood adds at most one route in express ${inject('major')}`, { timeout: floodTimeoutMs }, async () => {
  const service = await start({
    name: 'express',
    listen(observability) {
      const app = express();
      app.use(requestContext({ observability }));
      app.use(metrics({ observability, registry: new Registry() }));
      app.use(
        '/tenants/:tid',
        Router().get('/orders', (_req, res) => void res.send('fine')),
      );
      return listen(app);
    },
  });
  expect(await flood(service)).toEqual(counted);
});
