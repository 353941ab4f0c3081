import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { currentScope } from '../context/current.js';
import { runWithContext } from '../context/run.js';
import { createObservability } from '../process-observability.js';
import { type Exchange, exchangeOf } from './exchange.js';
import { createRequestObserver } from './request-observer.js';

it('keeps no error that is logged when the access line has been written', async () => {
  const observability = createObservability({ isolated: true, exporters: [], log: { destination: { write() {} } } });
  const framework = { route: () => undefined, user: () => undefined };
  const observe = createRequestObserver(framework, { observability }, () => observability);
  let exchange: Exchange | undefined;
  const server = createServer((req, res) => {
    observe(req, res, undefined, () => res.end());
    exchange = exchangeOf(req);
    res.once('close', () => server.close());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const closed = once(server, 'close');
  await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`, { headers: { connection: 'close' } });
  await closed;
  expect(exchange?.isClosed).toBe(true);
  exchange?.logger.error({ err: new Error('too late') }, 'job failed');
  expect(exchange?.reason).toBeUndefined();
});

it('keeps no error that a job logs, since nobody tells of it at the end', () => {
  const { logger } = createObservability({ isolated: true, exporters: [], log: { destination: { write() {} } } });
  runWithContext({ kind: 'job' }, () => {
    logger.error({ err: new Error('no stock') }, 'job failed');
    expect(currentScope()?.unit.logged).toBeUndefined();
  });
});
