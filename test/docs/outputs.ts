/** Outputs: what the pages show, produced for real. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createObservability,
  type Observability,
  type ObservabilityOptions,
  type ObservabilityProblem,
  runWithContext,
  setContext,
  setUser,
} from '@throughline/core';
import { postgresCheck } from '@throughline/core/checks/postgres';
import { redisCheck } from '@throughline/core/checks/redis';
import { fileExporter } from '@throughline/core/exporters/file';
import { lokiExporter } from '@throughline/core/exporters/loki';
import { openobserveExporter } from '@throughline/core/exporters/openobserve';
import { otlpExporter } from '@throughline/core/exporters/otlp';
import { sentryExporter } from '@throughline/core/exporters/sentry';
import { errorHandler, health, requestContext } from '@throughline/express';
import { createNestLogger } from '@throughline/nest';
import express from 'express';
import { Pool } from 'pg';
import { createClient } from 'redis';
import { onTestFinished, vi } from 'vitest';
import { eventsIn, type SentryEvent } from '../exporters/envelope.js';
import { accessLines } from './access-lines.js';
import { collect, serve } from './collector.js';

interface Shop {
  readonly observability: Observability;
  readonly url: string;
  readonly lines: Record<string, unknown>[];
}

const service = { name: 'shop', version: '1.4.0', environment: 'production' };

/** A destination for log lines, and the lines. */
function recorder(): { destination: { write(line: string): void }; lines: Record<string, unknown>[] } {
  const lines: Record<string, unknown>[] = [];
  return { destination: { write: (line) => void lines.push(JSON.parse(line)) }, lines };
}

/** Starts the service that the pages speak of. */
async function openShop(options: ObservabilityOptions = {}): Promise<Shop> {
  const { destination, lines } = recorder();
  const observability = createObservability({
    isolated: true,
    service,
    log: { destination },
    exporters: [],
    ...options,
  });
  const app = express();
  app.use(requestContext({ observability }));
  app.use('/api', health({ observability }));
  app.post('/orders', (_, res) => {
    setUser({ id: 42 });
    observability.getLogger('orders').info({ order_id: 7 }, 'order placed');
    res.status(201).json({ id: 7 });
  });
  app.post('/orders/:id/pay', ({ params }) => {
    setUser({ id: 42 });
    setContext({ order_id: Number(params.id) });
    throw Object.assign(new Error('card 4111 1111 1111 1111 of ada@example.com was declined'), { code: 'DECLINED' });
  });
  app.use(errorHandler({ observability }));
  return { observability, url: await serve(app), lines };
}

const headers = {
  'x-request-id': 'demo-1',
  'user-agent': 'curl/8.5.0',
  traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
};

async function call(shop: Shop, path: string): Promise<Response> {
  const answer = await fetch(shop.url + path, { method: 'POST', headers });
  while (!shop.lines.some(({ logger }) => logger === 'http')) await new Promise(setImmediate);
  return answer;
}

async function linesOf(path: string): Promise<Record<string, unknown>[]> {
  const shop = await openShop();
  await call(shop, path);
  return shop.lines;
}

const refused = Object.assign(new Error('connect ECONNREFUSED 10.0.0.7:5432'), { code: 'ECONNREFUSED' });
const down = (): Promise<never> => Promise.reject(refused);
const ok = (): Promise<void> => Promise.resolve();

async function healthBody(checks: NonNullable<ObservabilityOptions['health']>['checks'], view = ''): Promise<unknown> {
  const { url } = await openShop({ health: { checks: checks ?? {} }, log: { level: 'silent' } });
  return (await fetch(`${url}/api/health${view}`)).json();
}

/** Answers of one format, as a stranger gets them unless they are for this machine. */
async function healthFormat(format: string, isPublic: boolean): Promise<string> {
  const checks = { db: ok, redis: { probe: down, required: false } };
  const { url } = await openShop({ health: { checks }, log: { level: 'silent' } });
  const headers = isPublic ? { 'x-forwarded-for': '203.0.113.7' } : {};
  return (await fetch(`${url}/api/health?format=${format}&verbose`, { headers })).text();
}

async function healthJson(format: string, isPublic = true): Promise<unknown> {
  return JSON.parse(await healthFormat(format, isPublic));
}

/** The matrix of two checks that are asked of nobody. */
async function matrix(): Promise<string> {
  const db = postgresCheck(new Pool({ host: 'postgres' }), { effects: { startup: 'refuse', ready: 'degrade' } });
  const redis = redisCheck(createClient({ url: 'redis://redis:6379' }), { required: false });
  const { observability } = await openShop({ health: { checks: { db, redis } } });
  return `${observability.health.explain()}\n`;
}

async function drainingBody(): Promise<unknown> {
  const { observability, url } = await openShop();
  await observability.close();
  return (await fetch(`${url}/api/health/ready`)).json();
}

const exporters = {
  loki: (url: string) => lokiExporter({ url, compression: 'none' }),
  openobserve: (url: string) => openobserveExporter({ url, key: 'shop:secret' }),
  otlp: (url: string) => otlpExporter({ url, protocol: 'http/json' }),
};

/** What a destination receives of one failed payment. */
async function exported(kind: keyof typeof exporters): Promise<unknown> {
  const collector = await collect((body) => ({
    code: 200,
    status: [{ name: 'prod', successful: (body as unknown[]).length, failed: 0 }],
  }));
  const shop = await openShop({ exporters: [exporters[kind](collector.url)] });
  await call(shop, '/orders/7/pay');
  await shop.observability.close();
  return collector.received[0];
}

/** The line that one failed payment leaves in a file. */
async function written(): Promise<unknown> {
  const directory = mkdtempSync(join(tmpdir(), 'throughline-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const path = join(directory, 'errors.jsonl');
  const shop = await openShop({ exporters: [fileExporter({ path })] });
  await call(shop, '/orders/7/pay');
  await shop.observability.close();
  return JSON.parse(readFileSync(path, 'utf8'));
}

/** The event that Sentry receives of one failed payment, with the last two frames alone. */
async function sentryEvent(): Promise<unknown> {
  const collector = await collect(() => ({}), eventsIn);
  const dsn = `${collector.url.replace('://', '://public@')}/42`;
  const shop = await openShop({ exporters: [sentryExporter({ dsn })] });
  await call(shop, '/orders/7/pay');
  await shop.observability.close();
  const [event] = collector.received[0] as [SentryEvent];
  const [value] = event.exception?.values ?? [];
  const stacktrace = { frames: value?.stacktrace?.frames.slice(-2) };
  return { ...event, exception: { values: [{ ...value, stacktrace }] } };
}

/** The status while a destination is away: one error was refused a connection, two more of one kind wait. */
async function whenAway(): Promise<{ status: unknown; problem: unknown }> {
  let tell: (problem: ObservabilityProblem) => void = () => {};
  const told = new Promise<ObservabilityProblem>((resolve) => (tell = resolve));
  const exporter = openobserveExporter({ url: 'http://127.0.0.1:9', key: 'shop:secret' });
  const { observability } = await openShop({ exporters: [exporter], onProblem: (problem) => tell(problem) });
  const log = observability.getLogger('orders');
  log.error(new Error('out of stock'), 'order failed');
  const problem = await told;
  for (let count = 0; count < 2; count++) log.error(new Error('out of stock'), 'order failed');
  await new Promise(setImmediate);
  const status = observability.status();
  await observability.close();
  return { status, problem };
}

/** The spool with an error in it that is not delivered yet. */
async function spoolStatus(): Promise<unknown> {
  const directory = mkdtempSync(join(tmpdir(), 'throughline-spool-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const exporter = openobserveExporter({ url: 'http://127.0.0.1:9', key: 'shop:secret' });
  const { observability } = await openShop({ exporters: [exporter], spool: { directory } });
  observability.getLogger('orders').error(new Error('out of stock'), 'order failed');
  const { spool } = observability.status();
  await observability.close();
  return spool;
}

/** The two lines of one outage. */
async function outageLines(): Promise<Record<string, unknown>[]> {
  const answers = [down, ok];
  const { observability, lines } = await openShop({ health: { checks: { db: () => answers.shift()?.() } } });
  await observability.health.check();
  await observability.health.check();
  return lines;
}

/** The line that tells of a variable whose other half is missing. */
async function halfConfiguredLine(): Promise<unknown> {
  vi.stubEnv('LOGS_KEY', 'shop:secret');
  onTestFinished(() => void vi.unstubAllEnvs());
  const { destination, lines } = recorder();
  createObservability({ isolated: true, service, log: { destination } });
  return lines[0];
}

/** What is written of a job that fails, at the level `info`. */
function flight(): Promise<unknown> {
  const { destination, lines } = recorder();
  const log = { level: 'info', flightRecorder: {}, destination };
  const observability = createObservability({ isolated: true, service, log, exporters: [] });
  const orders = observability.getLogger('orders');
  runWithContext({ kind: 'job', requestId: 'demo-1' }, () => {
    orders.debug({ order_id: 8 }, 'looking for a box');
    orders.error({ order_id: 8 }, 'no box');
  });
  return observability.close().then(() => lines);
}

/** The first line of a message of which every tenth is written. */
function sampledLine(): Promise<unknown> {
  const { destination, lines } = recorder();
  const log = { sample: { 'cache miss': 0.1 }, destination };
  createObservability({ isolated: true, service, log, exporters: [] }).getLogger('cache').info('cache miss');
  return Promise.resolve(lines[0]);
}

/** A warning on the console. */
async function consoleLine(): Promise<unknown> {
  const { destination, lines } = recorder();
  const log = { captureConsole: true, destination };
  const observability = createObservability({ isolated: true, service, log, exporters: [] });
  runWithContext({ requestId: 'demo-1' }, () => console.warn('no %s left', 'box'));
  await observability.close();
  return lines[0];
}

/** The line of a call as `new Logger(OrdersController.name)` makes it. */
function nestLine(): Promise<unknown> {
  const { destination, lines } = recorder();
  const observability = createObservability({ isolated: true, service, log: { destination }, exporters: [] });
  const logger = createNestLogger({ observability });
  runWithContext({ requestId: 'demo-1' }, () => logger.log('order read', { order_id: 7 }, 'OrdersController'));
  return Promise.resolve(lines[0]);
}

/** What produces the block below `<!-- output: name -->`. */
export const outputs: Readonly<Record<string, () => Promise<unknown>>> = {
  line: async () => (await linesOf('/orders')).find(({ logger }) => logger === 'orders'),
  'access-line': async () => (await linesOf('/orders')).find(({ logger }) => logger === 'http'),
  ...accessLines,
  'error-line': async () => (await linesOf('/orders/7/pay')).find(({ logger }) => logger === 'http'),
  'nest-line': nestLine,
  flight,
  'sampled-line': sampledLine,
  'console-line': consoleLine,
  'error-answer': async () => (await call(await openShop(), '/orders/7/pay')).json(),
  'health-healthy': () => healthBody({ db: ok, redis: ok }),
  'health-unhealthy': () => healthBody({ db: down, redis: ok }),
  'health-degraded': () => healthBody({ db: ok, redis: { probe: down, required: false } }),
  'health-live': () => healthBody({ db: down }, '/live'),
  'health-draining': drainingBody,
  'health-matrix': matrix,
  'format-flat': () => healthJson('flat'),
  'format-ietf': () => healthJson('ietf', false),
  'format-ietf-public': () => healthJson('ietf'),
  'format-spring-public': () => healthJson('spring'),
  'format-terminus-public': () => healthJson('terminus'),
  'format-microprofile-public': () => healthJson('microprofile'),
  'format-dotnet-public': () => healthJson('dotnet'),
  'format-text-public': () => healthFormat('text', true),
  'format-openmetrics-public': () => healthFormat('openmetrics', true),
  'outage-begins': async () => (await outageLines())[0],
  'outage-ends': async () => (await outageLines())[1],
  'openobserve-records': () => exported('openobserve'),
  'loki-push': () => exported('loki'),
  'file-line': written,
  'otlp-request': () => exported('otlp'),
  'sentry-event': sentryEvent,
  'status-away': async () => (await whenAway()).status,
  'problem-away': async () => (await whenAway()).problem,
  'status-spool': spoolStatus,
  'half-configured': halfConfiguredLine,
};
