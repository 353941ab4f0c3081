import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { createCertificate } from './certificate.js';
import { startProxy } from './proxy-server.js';
import { answer, startWire, store } from './wire.js';

/** Sends a request of its own to `OWN_URL` and an error to each of `URLS`; says of what there are spans. */
const source = `
  import { createRequire, register } from 'node:module';
  register('@opentelemetry/instrumentation/hook.mjs', import.meta.url);
  const { AsyncLocalStorageContextManager } = await import('@opentelemetry/context-async-hooks');
  const { context } = await import('@opentelemetry/api');
  const { HttpInstrumentation } = await import('@opentelemetry/instrumentation-http');
  const { TracerProvider, InMemorySpanExporter, SimpleSpanProcessor } = await import('@opentelemetry/sdk-trace');
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  const spans = new InMemorySpanExporter();
  const tracerProvider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter: spans })] });
  new HttpInstrumentation().setTracerProvider(tracerProvider);
  const require = createRequire(import.meta.url);
  const { FORMAT, OWN_URL, URLS, CA: ca } = process.env;
  const load = (path) => FORMAT === 'cjs' ? require(path) : import(path);
  const folder = process.cwd() + '/packages/core/dist/' + FORMAT;
  const { createObservability } = await load(folder + '/index.js');
  const { openobserveExporter } = await load(folder + '/exporters/openobserve.js');
  const exporters = URLS.split(' ').map((url) => ({ ...openobserveExporter({ url, key: 'a:b' }), tls: { ca } }));
  const observability = createObservability({ exporters, log: { destination: { write() {} } } });
  const http = await import('node:http');
  await new Promise((done) => http.get(OWN_URL, (answer) => answer.resume().on('end', done)));
  observability.logger.error(new Error('x'), 'x');
  await observability.flush();
  process.send(spans.getFinishedSpans().map(({ attributes }) => attributes['url.full'] ?? attributes['http.url']));
  process.disconnect();`;

async function spansOf(env: Readonly<Record<string, string>>): Promise<unknown> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', source], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const [spans] = (await once(child, 'message')) as [unknown];
  return spans;
}

describe('a process whose HTTP is traced by OpenTelemetry', () => {
  it.each(['cjs', 'esm'])('has spans of its own requests, and none of its errors (%s)', async (format) => {
    const certificate = createCertificate({ hosts: ['logs.test'] });
    const own = await startWire((socket) => socket.write(answer(200)));
    const [plain, secure] = [await startWire(), await startWire(store, { tls: certificate })];
    const proxy = await startProxy(secure.port);
    const spans = await spansOf({
      FORMAT: format,
      CA: certificate.cert,
      HTTPS_PROXY: `http://127.0.0.1:${proxy.port}`,
      OWN_URL: `http://127.0.0.1:${own.port}/own`,
      URLS: `http://127.0.0.1:${plain.port} https://logs.test`,
    });
    expect(spans).toEqual([`http://127.0.0.1:${own.port}/own`]);
    expect([own, plain, secure].map(({ requests }) => requests.length)).toEqual([1, 1, 1]);
  });
});
