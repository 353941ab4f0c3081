/** Sink: a collector on the loopback address that keeps the records it is sent. */
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { openobserveExporter } from '@throughline/core/exporters/openobserve';
import { onTestFinished } from 'vitest';
import type { Destinations } from './start.js';

export interface Sink {
  readonly exporter: Destinations[number];
  /** Every record received, in order. */
  readonly records: readonly Record<string, unknown>[];
}

/** Starts a sink that speaks OpenObserve's `_json`; it is stopped when the test is over. */
export async function startSink(): Promise<Sink> {
  const records: Record<string, unknown>[] = [];
  const server = createServer((req, res) => {
    void gunzipped(req).then((text) => {
      const batch = JSON.parse(text) as Record<string, unknown>[];
      records.push(...batch);
      const status = [{ name: 'prod', successful: batch.length, failed: 0 }];
      res.setHeader('content-type', 'application/json').end(JSON.stringify({ code: 200, status }));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { exporter: openobserveExporter({ url: `http://127.0.0.1:${port}`, key: 'u:p' }), records };
}

async function gunzipped(req: IncomingMessage): Promise<string> {
  const body = Buffer.concat(await req.toArray());
  return (req.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body).toString();
}
