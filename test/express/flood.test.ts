/** A flood of paths, tenants and methods: what it cannot do to the metrics. */
import { Agent, request } from 'node:http';
import { metrics, requestContext } from '@throughline/express';
import express, { Router } from 'express';
import { Registry } from 'prom-client';
import { expect, inject, it } from 'vitest';
import { listen } from '../contract/listen.js';
import { scrape } from '../contract/scrape.js';
import { start } from '../contract/start.js';

/** Methods that Node reads and nobody should count by name. */
const odd = ['ACL', 'BIND', 'CHECKOUT', 'COPY', 'LOCK', 'MERGE', 'MKCOL', 'PROPFIND', 'PURGE', 'SEARCH', 'UNLOCK'];

it(
  `adds at most one route in express ${inject('major')}: 10,000 unknown paths, 5,000 tenants, 1,000 odd methods`,
  { timeout: 120_000 },
  async () => {
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
    const agent = new Agent({ keepAlive: true, maxSockets: 20 });
    const ask = (method: string, path: string): Promise<void> =>
      new Promise((resolve, reject) => {
        const asked = request({ port: service.port, host: '127.0.0.1', method, path, agent }, (res) =>
          res.resume().once('end', resolve),
        );
        asked.once('error', reject).end();
      });
    const paths = Array.from(
      { length: 10_000 },
      () => ['GET', `/${Math.random().toString(36)}/${Math.random()}.php`] as const,
    );
    const tenants = Array.from({ length: 5000 }, (_, at) => ['GET', `/tenants/tenant-${at}/orders`] as const);
    const methods = Array.from({ length: 1000 }, (_, at) => [odd[at % odd.length] ?? '', '/tenants/1/orders'] as const);
    await Promise.all([...paths, ...tenants, ...methods].map(([method, path]) => ask(method, path)));
    agent.destroy();
    expect(await scrape(service, 'http_requests_total')).toEqual({
      'http_requests_total{method="GET",route="unmatched",status_code="404"}': 10_000,
      'http_requests_total{method="GET",route="/tenants/:tid/orders",status_code="200"}': 5000,
      'http_requests_total{method="_OTHER",route="unmatched",status_code="404"}': 1000,
    });
  },
);
