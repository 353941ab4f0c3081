/** Canary world: a service with all that it may say or keep of a request, to be searched for what must not be there. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createObservability, type Observability, setContext } from '@throughline/core';
import { createHealthEndpoint, createRequestObserver, type RequestObserver } from '@throughline/core/adapter';
import { fileExporter } from '@throughline/core/exporters/file';
import { lokiExporter } from '@throughline/core/exporters/loki';
import { openobserveExporter } from '@throughline/core/exporters/openobserve';
import { otlpExporter } from '@throughline/core/exporters/otlp';
import { sentryExporter } from '@throughline/core/exporters/sentry';
import { createMetricsEndpoint } from '@throughline/core/metrics';
import { Registry } from 'prom-client';
import { onTestFinished } from 'vitest';
import { send } from '../contract/client.js';
import { startSink, type Sink } from '../contract/faulty-sink.js';
import { listen } from '../contract/listen.js';
import { canary } from './canary.js';

const formats = ['flat', 'ietf', 'spring', 'terminus', 'microprofile', 'dotnet', 'openmetrics', 'text'];

export interface World {
  /** A request that brings secrets of its own, and fails over the value. */
  suffer(value: unknown): Promise<void>;
  /** All that was said and kept, by the name of where. */
  outputs(): Promise<Readonly<Record<string, string>>>;
}

export async function openWorld(): Promise<World> {
  const directory = mkdtempSync(join(tmpdir(), 'throughline-canary-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const lines: string[] = [];
  const sink = await startSink(() => ({ status: 200, body: '{}' }));
  onTestFinished(() => sink.close());
  let suffered: unknown;
  const observability = createObservability({
    isolated: true,
    redact: { keys: ['iban'] },
    exporters: [...senders(sink), fileExporter({ path: join(directory, 'file', 'errors.log') })],
    spool: { directory: join(directory, 'spool') },
    log: { level: 'debug', destination: { write: (text) => void lines.push(text) } },
    health: { checks: { db: () => Promise.reject(failure(suffered)) } },
  });
  onTestFinished(() => observability.close({ timeoutMs: 1 }));
  const port = await serve(observability, () => suffered);
  const get = async (path: string): Promise<string> => (await send(port, { path })).body;
  return {
    async suffer(value) {
      suffered = value;
      const headers = { authorization: `Bearer ${canary}`, cookie: `sid=${canary}`, 'x-internal-caller': canary };
      const path = `/orders?access_token=${canary}`;
      await send(port, { method: 'POST', path, headers, body: JSON.stringify({ password: canary }) });
    },
    async outputs() {
      const spool = filesIn(join(directory, 'spool'));
      const health = (await Promise.all(formats.map((format) => get(`/health?format=${format}`)))).join('\n');
      const metrics = await get('/metrics');
      await observability.flush({ timeoutMs: 30_000 });
      const sent = Object.fromEntries(senders(sink).map(({ name }) => [name, bodiesFor(sink, name)]));
      return { lines: lines.join(''), spool, health, metrics, ...sent, file: filesIn(join(directory, 'file')) };
    },
  };
}

/** One of each kind that sends something, each on a path of its own. */
function senders({ url }: Sink): ReturnType<typeof openobserveExporter>[] {
  const exporters = [
    openobserveExporter({ url: `${url}/openobserve`, key: 'user:key' }),
    otlpExporter({ endpoint: `${url}/otlp` }),
    otlpExporter({ endpoint: `${url}/otlp-json`, protocol: 'http/json', name: 'otlp-json' }),
    lokiExporter({ url: `${url}/loki` }),
    sentryExporter({ dsn: `${url.replace('//', '//public@')}/sentry/1` }),
  ];
  return exporters.map((exporter) => ({ ...exporter, classify: () => ({ kind: 'accepted' }) }));
}

function bodiesFor({ requests }: Sink, name: string): string {
  return requests
    .filter(({ path }) => path.split(/[/?]/)[1] === name)
    .map(({ body }) => body)
    .join('\n');
}

function filesIn(directory: string): string {
  const paths = readdirSync(directory, { recursive: true, encoding: 'utf8' }).map((name) => join(directory, name));
  return paths.map((path) => (statSync(path).isFile() ? readFileSync(path, 'latin1') : path)).join('\n');
}

async function serve(observability: Observability, suffered: () => unknown): Promise<number> {
  const framework = { route: () => '/orders', user: () => ({ id: 7, password: canary }) };
  const observe: RequestObserver<IncomingMessage> = createRequestObserver(
    framework,
    { observability },
    () => observability,
  );
  const health = createHealthEndpoint({ observability }, () => observability);
  const metrics = createMetricsEndpoint({ observability, registry: new Registry() }, () => observability);
  const log = observability.getLogger('orders');
  const handle = async (req: IncomingMessage, res: ServerResponse): Promise<void> => {
    const value = suffered();
    const body = Buffer.concat(await req.toArray()).toString();
    log.info({ req, headers: req.headers, url: req.url, body }, 'taking an order');
    setContext({ value });
    log.warn('taken %o', value as never);
    observe.fail(req, res, req, failure(value));
    res.writeHead(500).end();
  };
  const { server, close } = await listen((req, res) =>
    observe(req, res, req, () => {
      const path = req.url?.split('?', 1)[0] ?? '';
      return health(req, res, path) || metrics(req, res, path) || handle(req, res);
    }),
  );
  onTestFinished(close);
  return (server.address() as AddressInfo).port;
}

function failure(value: unknown): Error {
  return Object.assign(new Error(`no answer of postgres://ada:${canary}@db/shop`, { cause: value }), { config: value });
}
