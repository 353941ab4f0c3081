import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import * as Sentry from '@sentry/node';
import { ConfigError, createObservability, type Handover } from '@throughline/core';
import { sentryExporter, type SentrySdk } from '@throughline/core/exporters/sentry';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readEnvelope, type SentryEvent } from './envelope.js';

interface SentryServer {
  readonly dsn: string;
  readonly events: readonly SentryEvent[];
}

/** Starts what `@sentry/node` takes for Sentry. */
async function startSentry(): Promise<SentryServer> {
  const events: SentryEvent[] = [];
  const server = createServer((req, res) => {
    void req.toArray().then((chunks) => {
      const body = Buffer.concat(chunks as Buffer[]);
      const { items } = readEnvelope(req.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body);
      for (const { type, payload } of items) if (type === 'event') events.push(JSON.parse(payload) as SentryEvent);
      res.end('{}');
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { dsn: `http://public@127.0.0.1:${(server.address() as AddressInfo).port}/1`, events };
}

interface App {
  readonly child: ChildProcess;
  readonly exit: Promise<unknown[]>;
  /** The next thing that the application tells. */
  told(): Promise<Record<string, unknown>>;
}

function start(kind: 'mjs' | 'cjs', mode: string, dsn: string): App {
  const file = fileURLToPath(new URL(`sentry-app/app.${kind}`, import.meta.url));
  const env = { PATH: process.env['PATH'], MODE: mode, DSN: dsn };
  const child = fork(file, { env, execArgv: [], stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream })[Symbol.asyncIterator]();
  child.stderr?.resume();
  const told = async (): Promise<Record<string, unknown>> =>
    JSON.parse(String((await lines.next()).value)) as Record<string, unknown>;
  return { child, exit: once(child, 'exit'), told };
}

/** Calls the paths one after another, and lets the application flush. */
async function serve(app: App, ...paths: string[]): Promise<Record<string, unknown>> {
  const { port } = await app.told();
  for (const path of paths) {
    const answer = await fetch(`http://127.0.0.1:${String(port)}${path}`, {
      headers: { 'x-request-id': `r${path.replace('/', '-')}` },
    });
    await answer.text();
  }
  app.child.send('flush');
  return app.told();
}

function said({ exception, message = '' }: SentryEvent): string {
  return exception?.values[0]?.value ?? message;
}

const kinds = ['mjs', 'cjs'] as const;

describe.each(kinds)('Sentry exporter, by the SDK of an application in %s', (kind) => {
  it('delivers each error once, in its own request, whatever else of Sentry sees it', async () => {
    const sentry = await startSentry();
    const app = start(kind, 'with SDK', sentry.dsn);
    const flushed = await serve(app, '/logged', '/thrown', '/said');
    expect(flushed).toMatchObject({ isOut: true, status: { offered: 3, delivered: 3, dropped: 0, state: 'idle' } });
    expect(await app.told()).toEqual({ isEnabled: true });
    await app.exit;
    // The SDK sends several at a time, so they arrive in any order.
    const [logged, message, thrown, ...more] = sentry.events.toSorted((a, b) => (said(a) < said(b) ? -1 : 1));
    expect(more).toEqual([]);
    expect([logged, message, thrown].map((event) => event && said(event))).toEqual([
      'logged and thrown',
      'only said',
      'only thrown',
    ]);
    expect(logged).toMatchObject({
      level: 'error',
      tags: { own_tag: '/logged', service: 'shop', logger: 'orders', request_id: 'r-logged' },
      user: { id: '42' },
      extra: { message: 'order failed', mail: 'to [E-mail]', password: '[Redacted]', method: 'GET', path: '/logged' },
    });
    expect(thrown?.tags).toMatchObject({ own_tag: '/thrown' });
    expect(message).toMatchObject({ tags: { own_tag: '/said', request_id: 'r-said' } });
  });
});

describe('Sentry exporter, by the SDK', () => {
  it('makes no circle with a beforeSend that logs errors', async () => {
    const sentry = await startSentry();
    const { status } = await serve(start('cjs', 'logging', sentry.dsn), '/said');
    expect(status).toMatchObject({ offered: 2, delivered: 1, reasons: { reentrant: 1 } });
    expect(sentry.events.map(({ message }) => message)).toEqual(['only said']);
  });

  it('counts errors as dropped while the SDK is not initialised', async () => {
    const flushed = await serve(start('cjs', 'without SDK', ''), '/said');
    expect(flushed).toMatchObject({
      isOut: true,
      status: {
        offered: 1,
        delivered: 0,
        dropped: 1,
        reasons: { sdk_inactive: 1 },
        lastError: { code: 'SDK_INACTIVE' },
      },
    });
  });

  it.each(kinds)('leaves the end of a process alone that nobody catches an error of: %s', async (kind) => {
    const [withUs, alone] = [await startSentry(), await startSentry()];
    const ends = await Promise.all([
      start(kind, 'uncaught', withUs.dsn).exit,
      start(kind, 'SDK alone', alone.dsn).exit,
    ]);
    expect(ends).toEqual([
      [1, null],
      [1, null],
    ]);
    for (const { events } of [withUs, alone]) {
      expect(events.map(said)).toEqual(['nobody catches this']);
    }
  });

  it('delivers an error once that is logged and then ends the process', async () => {
    const sentry = await startSentry();
    expect(await start('cjs', 'logged and uncaught', sentry.dsn).exit).toEqual([1, null]);
    expect(sentry.events).toMatchObject([{ level: 'fatal', tags: { logger: 'orders' } }]);
    expect(sentry.events.map(said)).toEqual(['nobody catches this']);
  });

  it('takes the real SDK as it is', () => {
    const sdk: SentrySdk = Sentry;
    const exporter: Handover = sentryExporter({ sdk, name: 'mine' });
    expect(exporter).toMatchObject({ name: 'mine', endpoint: 'the Sentry SDK of this process' });
    const observability = createObservability({ isolated: true, exporters: [exporter] });
    expect(observability.status().exporters).toMatchObject([{ name: 'mine', offered: 0 }]);
  });

  it.each([
    [{ sdk: undefined }, 'sentry.dsn'],
    [{ sdk: null }, 'sentry.sdk'],
    [{ sdk: {} }, 'sentry.sdk'],
    [{}, 'sentry.dsn'],
    [{ sdk: Sentry, dsn: 'https://canary@sentry.example.com/1' }, 'sentry.dsn'],
  ])('refuses %o', (options, option) => {
    const create = (): unknown => sentryExporter(options as { sdk: SentrySdk });
    expect(create).toThrow(ConfigError);
    expect(create).toThrow(expect.objectContaining({ option }) as Error);
  });
});
