import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigError, createObservability } from '@throughline/core';
import { sentryExporter, sentryFromEnvironment } from '@throughline/core/exporters/sentry';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { describeExporter } from '../contract/exporter.js';
import type { SinkRequest } from '../contract/faulty-sink.js';
import { batchOf, classified, sender, type Batch } from './batch.js';
import { eventsIn, readEnvelope, type SentryEvent } from './envelope.js';

const key = 'canaryOfSentry0123456789';
const dsn = `https://${key}@sentry.example.com/base/42`;

/** What a reader of Sentry sees, under the names that the other destinations have for it. */
function flat(event: SentryEvent): Record<string, unknown> {
  const [service, version] = event.release?.split('@') ?? [];
  const thrown = event.exception?.values.at(-1);
  const frames = thrown?.stacktrace?.frames.toReversed() ?? [];
  const own = frames.find((frame) => frame.in_app);
  const places = frames.map((frame) => `    at ${frame.filename}:${frame.lineno}:${frame.colno}`);
  return {
    ...event.extra,
    ...event.tags,
    level: event.level,
    message: event.message,
    service,
    version,
    env: event.environment,
    user_id: event.user?.['id'],
    error_type: thrown?.type,
    error_message: thrown?.value,
    error_stack: [`${thrown?.type}: ${thrown?.value}`, ...places].join('\n'),
    code_file: own?.filename,
  };
}

const records = ({ body }: SinkRequest): Record<string, unknown>[] => eventsIn(body).map(flat);

describeExporter({
  name: 'Sentry',
  create: (url) => sentryExporter({ dsn: `${url.replace('://', `://${key}@`)}/42` }),
  path: '/api/42/envelope/',
  authorization: `Sentry sentry_version=7, sentry_client=throughline, sentry_key=${key}`,
  authorizationHeader: 'x-sentry-auth',
  maxRecordsPerRequest: 1,
  accepted: () => ({ status: 200, body: '{"id":"9ec79c33ec9942ab8353589fcb2e04dc"}' }),
  records,
  kept: [401, 403, 408, 425, 500, 502, 503, 504, 599],
  refused: [301, 302, 307, 308, 400, 404, 405, 409, 415, 422],
});

type Entry = Batch[number];
type Changes = Omit<Partial<Entry>, 'record'> & { record?: Partial<Entry['record']> };

function eventOf({ record, ...changes }: Changes = {}, exporter = sentryExporter({ dsn })): SentryEvent {
  const [plain] = batchOf('a') as [Entry];
  const entry = { ...plain, ...changes, record: { ...plain.record, ...record } };
  return eventsIn(exporter.encode([entry], sender).body)[0] as SentryEvent;
}

function thrown(error: Partial<NonNullable<Entry['record']['error']>>): NonNullable<Entry['record']['error']> {
  return { type: 'Error', message: 'x', stack: undefined, code: undefined, cause: undefined, ...error };
}

describe('Sentry exporter, by its DSN', () => {
  const exporter = sentryExporter({ dsn });

  it('keeps a path of the DSN, and shows the endpoint without the key', () => {
    expect(exporter.endpoint).toBe('https://sentry.example.com/base/api/42/envelope/');
  });

  it('writes one event an envelope, stamped when it is sent', () => {
    const { body, headers, url } = exporter.encode(batchOf('a'), { ...sender, nowMs: sender.nowMs + 5_000 });
    const { header, items } = readEnvelope(body);
    expect(header.sent_at).toBe('2025-11-24T16:00:05.000Z');
    expect(items.map(({ type }) => type)).toEqual(['event']);
    expect(eventsIn(body)).toMatchObject([{ timestamp: 1_764_000_000, message: 'a', server_name: 'h1' }]);
    expect([url, headers['content-type']]).toEqual([exporter.endpoint, 'application/x-sentry-envelope']);
  });

  it('gives a record the same event id whenever it is sent, and no other one', () => {
    const [first, second] = [0, 1].map((later) => exporter.encode(batchOf('a'), { ...sender, nowMs: later }));
    const ids = [first, second, exporter.encode(batchOf('b'), sender)].map(
      (request) => eventsIn(request?.body ?? '')[0]?.event_id,
    );
    expect(ids[0]).toBe(ids[1]);
    expect(ids[0]).not.toBe(ids[2]);
  });

  it('declares the length of an event in bytes', () => {
    expect(eventOf({ record: { message: 'naïve ☃ 💥\n"{}' } }).message).toBe('naïve ☃ 💥\n"{}');
  });

  it('puts what Sentry has a place for there, and the rest under extra', () => {
    const trace = { trace_id: '4bf92f3577b34da6a3ce929d0e0e4736', span_id: '00f067aa0ba902b7', trace_flags: '01' };
    const attributes = { ...trace, request_id: 'r-1', user_id: '42', method: 'GET', route: '/orders/:id', order_id: 7 };
    const event = eventOf({ record: { logger: 'orders', attributes }, count: 3, lastSeenMs: sender.nowMs + 1_000 });
    expect(event).toMatchObject({
      level: 'error',
      transaction: 'GET /orders/:id',
      release: 'shop@1.4.0',
      environment: 'production',
      user: { id: '42' },
      contexts: { trace: { trace_id: trace.trace_id, span_id: trace.span_id } },
    });
    expect(event.tags).toEqual({ service: 'shop', logger: 'orders', request_id: 'r-1' });
    expect(event.extra).toEqual({
      uid: 'uid-a',
      pid: 7,
      repeat_count: 3,
      first_seen: '2025-11-24T16:00:00.000Z',
      last_seen: '2025-11-24T16:00:01.000Z',
      method: 'GET',
      route: '/orders/:id',
      order_id: 7,
    });
  });

  it('leaves out a trace that has no span, or ids of the wrong length', () => {
    for (const attributes of [
      { trace_id: '4bf92f3577b34da6a3ce929d0e0e4736' },
      { trace_id: 'x', span_id: '00f067aa0ba902b7' },
    ]) {
      expect(eventOf({ record: { attributes } }).contexts).toBeUndefined();
    }
  });

  it('writes frames oldest first, the own ones marked', () => {
    const stack = [
      'TypeError: x is not',
      '    a function',
      '    at inner (src/a.ts:9:7)',
      '    at async Promise.all (index 0)',
      '    at async Object.outer (src/b.ts:3:1)',
      '    at async src/main.mjs:1:1',
      '    at /opt/x/node_modules/router/index.js:4:2',
      '    at node:internal/process/task_queues:95:5',
    ].join('\n');
    const frames = eventOf({ record: { error: thrown({ stack }) } }).exception?.values[0]?.stacktrace?.frames;
    expect(frames).toEqual([
      { filename: 'node:internal/process/task_queues', lineno: 95, colno: 5, in_app: false },
      { filename: '/opt/x/node_modules/router/index.js', lineno: 4, colno: 2, in_app: false },
      { filename: 'src/main.mjs', lineno: 1, colno: 1, in_app: true },
      { filename: 'src/b.ts', function: 'Object.outer', lineno: 3, colno: 1, in_app: true },
      { filename: 'src/a.ts', function: 'inner', lineno: 9, colno: 7, in_app: true },
    ]);
  });

  it('chains causes, the oldest first', () => {
    const cause = [
      'With: RangeError [ERR_RANGE]: too far',
      'Caused by: Error: second\nline\n    at two (src/two.ts:2:2)',
      'Caused by: {"code":7}',
    ].join('\n');
    const values = eventOf({ record: { error: thrown({ type: 'TypeError', message: 'first', cause }) } }).exception
      ?.values;
    expect(values).toEqual([
      { value: '{"code":7}', mechanism: { type: 'chained', handled: true } },
      {
        type: 'Error',
        value: 'second\nline',
        mechanism: { type: 'chained', handled: true },
        stacktrace: { frames: [{ filename: 'src/two.ts', function: 'two', lineno: 2, colno: 2, in_app: true }] },
      },
      { type: 'RangeError', value: 'too far', mechanism: { type: 'chained', handled: true } },
      { type: 'TypeError', value: 'first', mechanism: { type: 'generic', handled: true } },
    ]);
  });

  it('has a release and an environment that Sentry takes, whatever the service is called', () => {
    const name = '@acme/web shop';
    const event = eventsIn(exporter.encode(batchOf('a'), { ...sender, name, environment: 'eu/live' }).body)[0];
    expect(event).toMatchObject({ release: '@acme-web-shop@1.4.0', environment: 'eu-live', tags: { service: name } });
  });

  it('takes release and environment of the options instead', () => {
    const given = sentryExporter({ dsn, release: 'abc123', environment: 'canary' });
    expect(eventOf({}, given)).toMatchObject({ release: 'abc123', environment: 'canary' });
  });

  it('replaces half a character wherever it stands, and leaves a backslash alone', () => {
    const { body } = exporter.encode(batchOf('half \ud800, whole 💥, \\ud800'), { ...sender, name: 'shop\udfff' });
    expect(String(body).match(/(?<!\\)\\ud[89a-f]/g)).toBeNull();
    expect(eventsIn(body)).toMatchObject([
      { message: 'half \ufffd, whole 💥, \\ud800', tags: { service: 'shop\ufffd' } },
    ]);
  });

  it('cuts an event that is over 1 MB, and says so', () => {
    const attributes = Object.fromEntries(Array.from({ length: 128 }, (_, index) => [`k${index}`, 'é'.repeat(5_000)]));
    const [entry] = batchOf('big') as [Entry];
    const { body } = exporter.encode([{ ...entry, record: { ...entry.record, attributes } }], sender);
    expect(body.length).toBeLessThan(20_000);
    expect(eventsIn(body)).toMatchObject([{ message: 'big', extra: { truncated: true } }]);
  });

  it('has a verdict for every status', () => {
    expect(classified(exporter)).toEqual({
      accepted: ['200-299'],
      partial: [],
      auth: ['401', '403'],
      'too-big': ['413'],
      retry: ['408', '425', '429', '500-599'],
      rejected: ['300-400', '402', '404-407', '409-412', '414-424', '426-428', '430-499'],
      unknown: [],
    });
  });

  it.each([
    [200, '60:error:organization', 60_000],
    [200, '60::organization', 60_000],
    [200, '2700:default;error;security:organization:quota, 90:transaction;error:key', 2_700_000],
    [200, '30:error:key, 90::organization', 90_000],
    [200, 'soon:error:key', 60_000],
    [200, '60:transaction:key, 2700:session;span:organization', undefined],
    [200, '0:error:key', undefined],
    [200, ':::,,', undefined],
    [429, '120:error:key', 120_000],
    [429, '1.5:error:key', 1_500],
    [429, '120:transaction:key', 60_000],
    [429, undefined, 60_000],
    [503, '30:error:key', 30_000],
    [503, undefined, undefined],
  ])('reads the rate limits of an answer with status %i: %s', (status, header, pauseMs) => {
    const headers = header === undefined ? {} : { 'x-sentry-rate-limits': header };
    const verdict = exporter.classify({ status, headers, body: '' }, batchOf('a'));
    expect(verdict).toEqual({ kind: status === 200 ? 'accepted' : 'retry', ...(pauseMs && { pauseMs }) });
  });

  it('leaves a 429 without limits of its own to Retry-After', () => {
    const answer = { status: 429, headers: { 'retry-after': '7' }, body: '' };
    expect(exporter.classify(answer, batchOf('a'))).toEqual({ kind: 'retry' });
  });

  it('says what a 404 means', () => {
    expect(exporter.classify({ status: 404, headers: {}, body: '<html>' }, batchOf('a'))).toEqual({
      kind: 'rejected',
      separable: false,
      detail: 'no such project, or a server too old for envelopes',
    });
  });

  it.each([
    [{ dsn: 'sentry.example.com/42' }, 'sentry.dsn'],
    [{ dsn: 'https://sentry.example.com/42' }, 'sentry.dsn'],
    [{ dsn: `https://${key}@sentry.example.com/` }, 'sentry.dsn'],
    [{ dsn: `https://${key}@sentry.example.com/shop` }, 'sentry.dsn'],
    [{ dsn: `http://${key}@sentry.example.com/42` }, 'sentry.dsn'],
    [{ dsn: `ftp://${key}@sentry.example.com/42` }, 'sentry.dsn'],
    [{ dsn: `${key} 42` }, 'sentry.dsn'],
    [{ release: 'a/b' }, 'sentry.release'],
    [{ environment: '' }, 'sentry.environment'],
    [{ compression: 'zip' as 'gzip' }, 'sentry.compression'],
    [{ timeoutMs: 0 }, 'sentry.timeoutMs'],
  ])('refuses %j', (options, option) => {
    const create = (): unknown => sentryExporter({ dsn, ...options });
    expect(create).toThrow(ConfigError);
    expect(create).toThrow(
      expect.objectContaining({ option, message: expect.not.stringContaining('canary') as string }) as Error,
    );
  });

  it('may be allowed to carry the key in clear', () => {
    const insecure = sentryExporter({ dsn: `http://${key}@sentry.example.com/42`, allowInsecure: true });
    expect(insecure.endpoint).toBe('http://sentry.example.com/api/42/envelope/');
  });
});

describe('Sentry exporter, from the environment', () => {
  function fromEnvironment(env: Record<string, string>): { event: SentryEvent | undefined; warnings: string[] } {
    const warnings: string[] = [];
    const destination = sentryFromEnvironment(env, (sentence) => warnings.push(sentence));
    return { event: destination && eventOf({}, destination), warnings };
  }

  afterEach(() => {
    vi.unstubAllGlobals();
    vi.unstubAllEnvs();
  });

  it('is on when the DSN is set, without a line of code', () => {
    vi.stubEnv('SENTRY_DSN', dsn);
    const { exporters } = createObservability({ isolated: true, log: { level: 'silent' } }).status();
    expect(exporters).toMatchObject([
      { name: 'sentry', endpoint: 'https://sentry.example.com/base/api/42/envelope/', state: 'idle' },
    ]);
    expect(JSON.stringify(exporters)).not.toContain('canary');
  });

  it('is silent when no DSN is set', () => {
    expect(fromEnvironment({ SENTRY_DSN: ' ', SENTRY_RELEASE: 'x' })).toEqual({ event: undefined, warnings: [] });
  });

  it('takes release and environment, or what the service says of itself', () => {
    expect(fromEnvironment({ SENTRY_DSN: dsn, SENTRY_RELEASE: ' ' })).toMatchObject({
      event: { release: 'shop@1.4.0', environment: 'production' },
      warnings: [],
    });
    const env = { SENTRY_DSN: dsn, SENTRY_RELEASE: 'abc123\n', SENTRY_ENVIRONMENT: 'canary' };
    expect(fromEnvironment(env).event).toMatchObject({ release: 'abc123', environment: 'canary' });
  });

  it('reads the DSN from a file', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'throughline-')), 'dsn');
    writeFileSync(file, `${dsn}\n`);
    expect(fromEnvironment({ SENTRY_DSN_FILE: file }).event).toBeDefined();
  });

  it.each([
    [
      { SENTRY_DSN: key },
      `SENTRY_DSN must be a DSN, 'https://KEY@HOST/PROJECT', got "[Redacted]"; errors are not sent there`,
    ],
    [
      { SENTRY_DSN: dsn, SENTRY_RELEASE: 'a/b' },
      'SENTRY_RELEASE must be up to 200 characters without slash and space, got "a/b"; errors are not sent there',
    ],
  ])('warns once and sends nothing: %j', (env, warning) => {
    expect(fromEnvironment(env)).toEqual({ event: undefined, warnings: [warning] });
  });

  it('warns, and sends, where a Sentry SDK that reads the same variable is loaded', () => {
    vi.stubGlobal('__SENTRY__', {});
    const { event, warnings } = fromEnvironment({ SENTRY_DSN: dsn });
    expect(event).toBeDefined();
    expect(warnings).toEqual([expect.stringContaining('sentryExporter({ sdk: Sentry })')]);
  });
});
