import type { IncomingMessage, RequestListener } from 'node:http';
import { createObservability } from '@throughline/core';
import { afterEach, expect, it, vi } from 'vitest';
import { PATIENCE } from '../contract/patience.js';
import { serve } from './collector.js';
import { blocksIn } from './pages.js';
import { emptyFolder, writeSnippet } from './snippet-file.js';

interface Adapter {
  readonly observed: (handler: RequestListener, route: (req: IncomingMessage) => string | undefined) => RequestListener;
}

const [documented] = blocksIn('ts').filter(([place]) => place.startsWith('docs/adapters.md'));
const lines: Record<string, unknown>[] = [];
const observability = createObservability({
  exporters: [],
  log: { level: 'debug', destination: { write: (line) => void lines.push(JSON.parse(line)) } },
});

afterEach(() => observability.close());

it('keeps what the other adapters keep, in at most 25 lines', async () => {
  if (!documented) throw new Error('docs/adapters.md shows no adapter');
  const [, snippet] = documented;
  expect(snippet.code.split('\n').length).toBeLessThanOrEqual(26);
  const { observed } = (await import(writeSnippet(emptyFolder('adapter'), snippet))) as Adapter;
  const listener: RequestListener = (req, res) => {
    if (req.url === '/fail') throw new Error('the shelf is empty');
    observability.getLogger('orders').info('order read');
    res.end('{}');
  };
  const route = ({ url }: IncomingMessage): string | undefined =>
    url?.startsWith('/orders/') ? '/orders/:id' : undefined;
  const url = await serve(observed(listener, route));
  const headers = { 'x-request-id': 'demo-1' };

  const order = await fetch(`${url}/orders/7?page=2`, { headers });
  const failed = await fetch(`${url}/fail`, { headers });
  const health = await fetch(`${url}/health/ready`, { headers });
  await vi.waitFor(() => expect(lines).toHaveLength(4), PATIENCE);

  expect([order, failed, health].map((answer) => answer.headers.get('x-request-id'))).toEqual(Array(3).fill('demo-1'));
  expect([order.status, failed.status, health.status]).toEqual([200, 500, 200]);
  expect(await failed.json()).toEqual({ error: 'Internal Server Error', request_id: 'demo-1' });
  expect(lines).toMatchObject([
    { logger: 'orders', request_id: 'demo-1', path: '/orders/7' },
    { logger: 'http', request_id: 'demo-1', level: 'info', status: 200, route: '/orders/:id' },
    { logger: 'http', request_id: 'demo-1', level: 'error', status: 500, err: { message: 'the shelf is empty' } },
    { logger: 'http', request_id: 'demo-1', level: 'debug', status: 200, path: '/health/ready' },
  ]);
});
