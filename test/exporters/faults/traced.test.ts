import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { createCertificate } from './certificate.js';
import { startProxy } from './proxy-server.js';
import { answer, startWire, store } from './wire.js';

/** Traces HTTP with OpenTelemetry; `traced` lists what there are spans of. */
const openTelemetry = `
  register('@opentelemetry/instrumentation/hook.mjs', import.meta.url);
  const { AsyncLocalStorageContextManager } = await import('@opentelemetry/context-async-hooks');
  const { context } = await import('@opentelemetry/api');
  const { HttpInstrumentation } = await import('@opentelemetry/instrumentation-http');
  const { TracerProvider, InMemorySpanExporter, SimpleSpanProcessor } = await import('@opentelemetry/sdk-trace');
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  const spans = new InMemorySpanExporter();
  const tracerProvider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter: spans })] });
  new HttpInstrumentation().setTracerProvider(tracerProvider);
  const urlOf = ({ attributes }) => attributes['url.full'] ?? attributes['http.url'];
  const traced = () => spans.getFinishedSpans().map(urlOf);
  const inSpan = (call) => call();`;

/** The same with Sentry, which keeps to its own ways; it also notes requests as breadcrumbs. */
const sentry = `
  const Sentry = await import('@sentry/node');
  const noted = [];
  const transport = () => ({ send: async () => ({}), flush: async () => true });
  const beforeBreadcrumb = (crumb) => (crumb.data?.url && noted.push(crumb.data.url), crumb);
  Sentry.init({ dsn: 'http://public@127.0.0.1:9/1', tracesSampleRate: 1, transport, beforeBreadcrumb });
  const note = ({ op, data }) => void (op === 'http.client' && noted.push(data['http.url']));
  Sentry.getClient().on('spanEnd', (span) => note(Sentry.spanToJSON(span)));
  const traced = () => [...new Set(noted)];
  const inSpan = (call) => Sentry.startSpan({ name: 'request' }, call);`;

/** Sends a request of its own to `OWN_URL` and an error to each of `URLS`; says of what there are traces. */
const body = `
  const require = createRequire(import.meta.url);
  const { FORMAT, OWN_URL, URLS, CA: ca } = process.env;
  const load = (path) => FORMAT === 'cjs' ? require(path) : import(path);
  const folder = process.cwd() + '/packages/core/dist/' + FORMAT;
  const { createObservability } = await load(folder + '/index.js');
  const { openobserveExporter } = await load(folder + '/exporters/openobserve.js');
  const exporters = URLS.split(' ').map((url) => ({ ...openobserveExporter({ url, key: 'a:b' }), tls: { ca } }));
  const observability = createObservability({ exporters, log: { destination: { write() {} } } });
  const http = await import('node:http');
  await inSpan(async () => {
    await new Promise((done) => http.get(OWN_URL, (answer) => answer.resume().on('end', done)));
    observability.logger.error(new Error('x'), 'x');
    await observability.flush();
  });
  process.send(traced());
  process.disconnect();`;

async function tracesOf(tracer: string, env: Readonly<Record<string, string>>): Promise<unknown> {
  const source = `import { createRequire, register } from 'node:module';${tracer}${body}`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', source], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const [traces] = (await once(child, 'message')) as [unknown];
  return traces;
}

describe('a process whose HTTP is traced', () => {
  it.each([
    ['OpenTelemetry', 'cjs', openTelemetry],
    ['OpenTelemetry', 'esm', openTelemetry],
    ['Sentry', 'cjs', sentry],
    ['Sentry', 'esm', sentry],
  ])('by %s has traces of its own requests, and none of its errors (%s)', async (_, format, tracer) => {
    const certificate = createCertificate({ hosts: ['logs.test'] });
    const own = await startWire((socket) => socket.write(answer(200)));
    const [plain, secure] = [await startWire(), await startWire(store, { tls: certificate })];
    const proxy = await startProxy(secure.port);
    const traces = await tracesOf(tracer, {
      FORMAT: format,
      CA: certificate.cert,
      HTTPS_PROXY: `http://127.0.0.1:${proxy.port}`,
      OWN_URL: `http://127.0.0.1:${own.port}/own`,
      URLS: `http://127.0.0.1:${plain.port} https://logs.test`,
    });
    expect(traces).toEqual([`http://127.0.0.1:${own.port}/own`]);
    expect([own, plain, secure].map(({ requests }) => requests.length)).toEqual([1, 1, 1]);
    expect(plain.requests[0]?.headers).not.toHaveProperty('sentry-trace');
  });
});
