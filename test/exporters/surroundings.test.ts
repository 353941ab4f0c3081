import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startSink } from '../contract/faulty-sink.js';
import { runApplication } from '../spool/application.js';
import { openobserve } from '../spool/destinations.js';

/** Tells what the process has that costs something, before and after there is an observability that took an error. */
const inertScript = `
  import { createObservability } from '@throughline/core';
  import { existsSync, readdirSync } from 'node:fs';
  const descriptors = '/proc/self/fd';
  let timers = 0;
  for (const name of ['setTimeout', 'setInterval', 'setImmediate']) {
    const set = globalThis[name];
    globalThis[name] = (...args) => (timers++, set(...args));
  }
  const lines = [];
  const owned = () => ({
    timers,
    resources: process.getActiveResourcesInfo().toSorted(),
    descriptors: existsSync(descriptors) ? readdirSync(descriptors).length : 0,
    listeners: process.eventNames().map((name) => [String(name), process.listenerCount(name)]),
  });
  // What Node still has of loading modules.
  while (process.getActiveResourcesInfo().includes('CloseReq')) await new Promise(setImmediate);
  const before = owned();
  const observability = createObservability({ log: { destination: { write: (line) => lines.push(JSON.parse(line)) } } });
  observability.logger.error(new Error('nobody wants it'), 'nobody wants it');
  const after = owned();
  await new Promise((resolve) => process.nextTick(resolve));
  const warnings = lines.filter(({ level }) => level === 'warn').length;
  console.log(JSON.stringify({ before, after, later: owned(), warnings, exporters: observability.status().exporters }));`;

interface Told {
  readonly before: unknown;
  readonly after: unknown;
  readonly later: unknown;
  readonly warnings: number;
  readonly exporters: readonly unknown[];
}

function runInert(env: Readonly<Record<string, string>>): Told {
  const args = ['--input-type=module', '-e', inertScript];
  return JSON.parse(
    execFileSync(process.execPath, args, { env: { PATH: process.env['PATH'], ...env } }).toString(),
  ) as Told;
}

const collector = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318' };

describe('an environment without a destination', () => {
  it.each([
    ['with nothing in it', {}, 0],
    ['with blank variables', { LOGS_BASE_URL: '', LOKI_URL: '', SENTRY_DSN: '', OTEL_EXPORTER_OTLP_ENDPOINT: '' }, 0],
    ['that switches OpenTelemetry off', { ...collector, OTEL_SDK_DISABLED: 'true' }, 0],
    ['that wants no logs sent', { ...collector, OTEL_LOGS_EXPORTER: 'none' }, 0],
    ['with a spool that nobody needs', { THROUGHLINE_SPOOL_DIR: tmpdir() }, 1],
    ['with half a configuration', { LOGS_KEY: 'shop:secret' }, 1],
    ['with a URL that is none', { LOKI_URL: 'loki' }, 1],
    ['with a DSN that is none', { SENTRY_DSN: 'https://sentry.example' }, 1],
  ])('%s costs no timer, no socket, no descriptor and no listener', (_, env, warnings) => {
    const { before, after, later, ...told } = runInert(env);
    expect(after).toEqual(before);
    expect(later).toEqual(before);
    expect(told).toEqual({ warnings, exporters: [] });
  });
});

/** What a process still has open once everything is closed, after it sent an error with a spool beside it. */
const closedScript = `
  import { createObservability } from '@throughline/core';
  import { otlpExporter } from '@throughline/core/exporters/otlp';
  const [url, directory] = process.argv.slice(1);
  while (process.getActiveResourcesInfo().includes('CloseReq')) await new Promise(setImmediate);
  const owned = () => ({
    resources: process.getActiveResourcesInfo().toSorted(),
    listeners: process.eventNames().map((name) => [String(name), process.listenerCount(name)]),
  });
  const before = owned();
  const log = { destination: { write: () => undefined } };
  const exporters = [otlpExporter({ url, protocol: 'http/json' })];
  const observability = createObservability({ captureUncaught: true, log, exporters, spool: { directory } });
  observability.logger.error(new Error('sent'), 'sent');
  await observability.flush();
  await observability.close();
  // Sockets are closed in a turn of their own.
  for (let turn = 0; turn < 100_000 && owned().resources.length > before.resources.length; turn++)
    await new Promise(setImmediate);
  console.log(JSON.stringify({ before, after: owned(), delivered: observability.status().exporters[0].delivered }));`;

describe('an observability that was closed', () => {
  it('leaves nothing open and nobody listening', async () => {
    const sink = await startSink(() => ({ status: 200, body: '{}' }));
    onTestFinished(() => sink.close());
    const directory = mkdtempSync(join(tmpdir(), 'throughline-closed-'));
    onTestFinished(() => rmSync(directory, { recursive: true }));
    const args = ['--input-type=module', '-e', closedScript, sink.url, directory];
    const { stdout } = await promisify(execFile)(process.execPath, args);
    const { before, after, delivered } = JSON.parse(stdout) as { before: unknown; after: unknown; delivered: number };
    expect(delivered).toBe(1);
    expect(after).toEqual(before);
    expect(readdirSync(directory)).toEqual([]);
  });
});

/** Node's name for the flag that takes the file system away, and what else is to be allowed where there is more of it. */
function withoutDisk(): string[] {
  const allowed = process.allowedNodeEnvironmentFlags;
  const flag = allowed.has('--permission') ? '--permission' : '--experimental-permission';
  return [flag, '--allow-fs-read=*', ...(allowed.has('--allow-net') ? ['--allow-net'] : [])];
}

describe('a process that may not write to the disk', () => {
  it('delivers from memory, and says that the spool is degraded', async () => {
    const sink = await startSink(openobserve.accept);
    onTestFinished(() => sink.close());
    const directory = mkdtempSync(join(tmpdir(), 'throughline-permission-'));
    onTestFinished(() => rmSync(directory, { recursive: true }));
    const run = { exporter: 'openobserve', url: sink.url, directory, errors: 5, nodeOptions: withoutDisk() };
    const { last } = await runApplication({ ...run, end: 'flush' });
    expect(JSON.parse(last)).toMatchObject({
      isOut: true,
      status: {
        exporters: [{ offered: 5, delivered: 5 }],
        spool: { state: 'degraded', lastError: { code: 'ERR_ACCESS_DENIED' } },
      },
    });
    expect(sink.requests.flatMap(openobserve.records)).toHaveLength(5);
    expect(readdirSync(directory)).toEqual([]);
  });
});
