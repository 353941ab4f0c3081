/** A port of their own: metrics that nobody but scrapers reaches. */
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { createObservability } from '@throughline/core';
import { createMetricsServer, type MetricsOptions } from '@throughline/core/metrics';
import { Registry } from 'prom-client';
import { expect, it, onTestFinished } from 'vitest';
import { type Received, type Request, send } from '../contract/client.js';

async function startServer(options: MetricsOptions = {}): Promise<(request: Request) => Promise<Received>> {
  const said: string[] = [];
  const destination = { write: (line: string) => void said.push(line) };
  const observability = createObservability({ isolated: true, exporters: [], log: { destination } });
  const server = createMetricsServer({ observability, registry: new Registry(), ...options }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(async () => {
    server.close();
    await observability.close();
    expect(said).toEqual([]);
  });
  return (request) => send((server.address() as AddressInfo).port, request);
}

it('answers the metrics and nothing else, and has nothing to say about it', async () => {
  const ask = await startServer();
  const { status, body } = await ask({ path: '/metrics?x=1' });
  expect({ status, hasMetrics: body.includes('\nprocess_cpu_seconds_total ') }).toEqual({
    status: 200,
    hasMetrics: true,
  });
  for (const path of ['/', '/metrics/x', '/health', '//metrics'])
    expect(await ask({ path })).toMatchObject({ status: 404 });
});

it('takes the options of metrics()', async () => {
  const token = 'a-token-of-32-characters-or-more';
  const ask = await startServer({ path: '/internal', token });
  expect(await ask({ path: '/internal' })).toMatchObject({ status: 401 });
  const headers = { authorization: `Bearer ${token}` };
  expect(await ask({ path: '/internal', headers })).toMatchObject({ status: 200 });
});

it('does not keep a process alive, and no more does what threads and workers would be told', () => {
  const entry = fileURLToPath(new URL('../../packages/core/dist/esm/metrics/index.js', import.meta.url));
  const script = `import { createMetricsServer, shareMetrics } from ${JSON.stringify(entry)};
    createMetricsServer().listen(0).on('listening', () => console.log('listening'));
    shareMetrics();`;
  const options = { encoding: 'utf8', timeout: 30_000, env: { ...process.env, LOG_LEVEL: 'error' } } as const;
  const flags = ['--input-type=module', '-e', script];
  expect(execFileSync(process.execPath, flags, options)).toBe('listening\n');
});
