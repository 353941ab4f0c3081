import { ConfigError, createObservability } from '@throughline/core';
import { lokiExporter, lokiFromEnvironment, type LokiOptions } from '@throughline/core/exporters/loki';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { describeExporter } from '../contract/exporter.js';
import { batchOf, classified, sender, type Batch } from './batch.js';
import { LokiStandIn, readPush, type LokiEntry } from './loki-stand-in.js';

const [username, password] = ['1234', 'canary-of-loki'];

/** The message out of a line such as `order failed: TypeError: x is not a function`. */
function messageOf({ line, metadata }: LokiEntry): string {
  const { error_type: type, error_message: text = '' } = metadata;
  const ending = [`: ${type}: ${text}`, `: ${text}`].find((part) => text !== '' && line.endsWith(part)) ?? '';
  return line === `${type}: ${text}` ? text : line.slice(0, line.length - ending.length);
}

/** Numbers are texts in structured metadata. */
function asNumbers(fields: Record<string, string>, ...names: string[]): Record<string, unknown> {
  const numbers = names.filter((name) => name in fields).map((name) => [name, Number(fields[name])] as const);
  return { ...fields, ...Object.fromEntries(numbers) };
}

function flatRecords(body: string): Record<string, unknown>[] {
  return readPush(body).flatMap(({ labels: { service_name, ...labels }, entries }) =>
    entries.map((entry) => ({
      service: service_name,
      ...labels,
      message: messageOf(entry),
      ...asNumbers(entry.metadata, 'order_id', 'repeat_count'),
    })),
  );
}

describeExporter({
  name: 'Loki',
  create: (url) => lokiExporter({ url, username, password }),
  path: '/loki/api/v1/push',
  authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`,
  accepted: () => ({ status: 204 }),
  partial: () => ({ status: 400, body: 'entry too far behind' }),
  records: ({ body }) => flatRecords(body),
  kept: [401, 403, 408, 425, 429, 500, 502, 503, 504, 599],
  refused: [260, 301, 302, 307, 308, 404, 405, 409, 415, 422],
  isVague: true,
});

const hourMs = 3_600_000;

/** What a Loki has after these batches, each sent at the sender's time. */
function stored(options: Partial<LokiOptions>, ...batches: readonly Batch[]): LokiStandIn {
  const exporter = lokiExporter({ url: 'http://loki:3100', ...options });
  const loki = new LokiStandIn();
  for (const batch of batches) {
    expect(loki.push(String(exporter.encode(batch, sender).body), sender.nowMs)).toEqual({ status: 204 });
  }
  return loki;
}

function entriesOf(options: Partial<LokiOptions>, ...batches: readonly Batch[]): LokiEntry[] {
  return stored(options, ...batches).streams.flatMap(({ entries }) => entries);
}

/** An entry like that of `batchOf`, with parts of its record changed. */
function entryWith(record: Partial<Batch[number]['record']>, more: Partial<Batch[number]> = {}): Batch[number] {
  const [entry] = batchOf(record.message ?? 'a');
  if (entry === undefined) throw new Error('no entry');
  return { ...entry, record: { ...entry.record, ...record }, ...more };
}

const typeError = {
  type: 'TypeError',
  message: 'x is not a function',
  stack: undefined,
  code: 'E_X',
  cause: undefined,
};

describe('Loki exporter, by itself', () => {
  it('appends the path of the push endpoint to a base URL, and takes one that has it as it is', () => {
    const endpoint = (url: string): string => lokiExporter({ url }).endpoint;
    expect(endpoint('http://loki:3100')).toBe('http://loki:3100/loki/api/v1/push');
    expect(endpoint('https://logs.example.com/base/')).toBe('https://logs.example.com/base/loki/api/v1/push');
    expect(endpoint('https://logs.example.com/loki/api/v1/push/')).toBe('https://logs.example.com/loki/api/v1/push');
  });

  it('keeps a query of the URL to itself', () => {
    const exporter = lokiExporter({ url: 'http://loki:3100/?token=canary' });
    expect(exporter.endpoint).not.toContain('canary');
    expect(exporter.encode(batchOf('a'), sender).url).toBe('http://loki:3100/loki/api/v1/push?token=canary');
  });

  it('names the tenant, and sends no credential that nobody gave', () => {
    const { headers } = lokiExporter({ url: 'http://loki:3100', tenant: 'shop' }).encode(batchOf('a'), sender);
    expect(headers).toEqual({ 'content-type': 'application/json', 'x-scope-orgid': 'shop' });
  });

  it('packs bodies unless told otherwise', () => {
    const [packed, plain] = [{}, { compression: 'none' as const }].map((options) =>
      lokiExporter({ url: 'http://loki:3100', ...options }),
    );
    expect([packed?.compression, plain?.compression]).toEqual(['gzip', 'none']);
  });

  it('labels a stream by service, environment and level, and by what the user adds', () => {
    const loki = stored({ labels: { region: 'eu', host: 'h1' } }, [
      entryWith({ message: 'a' }),
      entryWith({ message: 'b', level: 'fatal' }),
      entryWith({ message: 'c' }),
    ]);
    const labels = { service_name: 'shop', env: 'production', region: 'eu', host: 'h1' };
    expect(loki.streams.map((stream) => [stream.labels, stream.entries.length])).toEqual([
      [{ ...labels, level: 'error' }, 2],
      [{ ...labels, level: 'fatal' }, 1],
    ]);
  });

  it('leaves a label out whose value nobody said', () => {
    const { environment: _, ...unplaced } = sender;
    const body = String(lokiExporter({ url: 'http://loki:3100' }).encode(batchOf('a'), unplaced).body);
    expect(readPush(body).map(({ labels }) => labels)).toEqual([{ service_name: 'shop', level: 'error' }]);
  });

  it.each([
    [
      'the error behind the message',
      { message: 'order failed', error: typeError },
      'order failed: TypeError: x is not a function',
    ],
    [
      'the error alone when the message repeats it',
      { message: typeError.message, error: typeError },
      'TypeError: x is not a function',
    ],
    [
      'a message that holds the error',
      { message: 'failed: x is not a function!', error: typeError },
      'failed: x is not a function!',
    ],
    [
      'an error without a message by its type',
      { message: 'failed', error: { ...typeError, message: '' } },
      'failed: TypeError',
    ],
    [
      'what was thrown and is no error as it is',
      { message: 'failed', error: { ...typeError, type: 'string', message: 'x' } },
      'failed: x',
    ],
    ['a message alone', { message: 'failed' }, 'failed'],
    [
      'the request in front',
      { message: 'request errored', error: typeError, attributes: { method: 'POST', route: '/orders/:id' } },
      'POST /orders/:id request errored: TypeError: x is not a function',
    ],
  ])('writes a line that a person can read: %s', (_, record, line) => {
    expect(entriesOf({}, [entryWith(record)]).map((entry) => entry.line)).toEqual([line]);
  });

  it('puts all else beside the line, as texts', () => {
    const attributes = {
      request_id: 'r-1',
      order_id: 7,
      is_new: true,
      'net.peer': 'db',
      net_peer: 'x',
      __proto: 'p',
      '1st': 'y',
      empty: '',
    };
    const [entry] = entriesOf({}, [entryWith({ message: 'order failed', error: typeError, attributes })]);
    expect(entry?.metadata).toEqual({
      uid: 'uid-order failed',
      version: '1.4.0',
      host: 'h1',
      pid: '7',
      error_type: 'TypeError',
      error_message: 'x is not a function',
      error_code: 'E_X',
      request_id: 'r-1',
      order_id: '7',
      is_new: 'true',
      net_peer: 'db',
      net_peer_: 'x',
      _proto: 'p',
      _1st: 'y',
    });
  });

  it('writes all into the line for a Loki that takes nothing beside it', () => {
    const [entry] = entriesOf({ structuredMetadata: false }, [
      entryWith({ message: 'order failed', error: typeError }),
    ]);
    expect(entry?.metadata).toEqual({});
    expect(JSON.parse(entry?.line ?? '')).toMatchObject({ message: 'order failed', error_type: 'TypeError', pid: '7' });
  });

  it.each([true, false])(
    'stays within the limits, and says what was too much: structuredMetadata %s',
    (structuredMetadata) => {
      const long = '\u0001€'.repeat(8_192);
      const attributes = Object.fromEntries(
        Array.from({ length: 128 }, (_, index) => [`field_${index}`, index < 20 ? long : 'x']),
      );
      const error = { type: 'TypeError', message: long, stack: long, code: undefined, cause: long };
      const [entry] = entriesOf({ structuredMetadata }, [entryWith({ uid: 'u', message: long, error, attributes })]);
      const fields = structuredMetadata ? entry?.metadata : (JSON.parse(entry?.line ?? '') as Record<string, string>);
      expect(fields).toMatchObject({ uid: 'u', truncated: 'true' });
      expect(Object.keys(fields ?? {}).length).toBeGreaterThan(90);
    },
  );

  it('has at most 128 fields beside the line', () => {
    const attributes = Object.fromEntries(Array.from({ length: 128 }, (_, index) => [`field_${index}`, 'x']));
    const [entry] = entriesOf({}, [entryWith({ error: typeError, attributes })]);
    expect(Object.keys(entry?.metadata ?? {})).toHaveLength(128);
    expect(entry?.metadata).toMatchObject({ field_0: 'x', truncated: 'true' });
  });

  it('cuts a line that is longer than Loki takes', () => {
    const [entry] = entriesOf({}, [entryWith({ uid: 'u', message: '€'.repeat(100_000) })]);
    expect(Buffer.byteLength(entry?.line ?? '')).toBe(262_143);
  });

  it('tells errors of one millisecond apart, in their order', () => {
    const uids = ['01JD9Z7Q5E8WQ0T5J3N9V4K2RA', '01JD9Z7Q5E8WQ0T5J3N9V4K2RB', '01JD9Z7Q5E8WQ0T5J3N9V4K2RC'];
    const entries = entriesOf(
      {},
      uids.map((uid) => entryWith({ message: 'same', uid })),
    );
    expect(entries.map(({ metadata }) => metadata['uid'])).toEqual(uids);
    expect(entries.map(({ time }) => time - (entries[0]?.time ?? 0n))).toEqual([0n, 1n, 2n]);
    expect(entries[0]?.time.toString()).toMatch(/^1764000000000\d{6}$/);
  });

  it('sorts a stream by time, whatever came first', () => {
    const late = entryWith({ message: 'late', timeMs: sender.nowMs });
    const early = entryWith({ message: 'early', timeMs: sender.nowMs - 1_000 });
    const body = String(lokiExporter({ url: 'http://loki:3100' }).encode([late, early], sender).body);
    expect(readPush(body).flatMap(({ entries }) => entries.map(({ line }) => line))).toEqual(['early', 'late']);
  });

  it('is stored once although it is sent twice, in whichever company', () => {
    const [a, b, c] = [entryWith({ message: 'a' }), entryWith({ message: 'b' }), entryWith({ message: 'c' })];
    expect(entriesOf({}, [a, b], [b], [b, c]).map(({ line }) => line)).toEqual(['a', 'b', 'c']);
  });

  it('replays what is hours old beside what is new', () => {
    const old = entryWith({ message: 'old', timeMs: sender.nowMs - 5 * hourMs }, { replayed: true });
    const loki = stored({}, [entryWith({ message: 'new' })], [old, entryWith({ message: 'newer' })]);
    expect(loki.streams.map(({ labels, entries }) => [labels['replay'], entries.map(({ line }) => line)])).toEqual([
      [undefined, ['new', 'newer']],
      ['true', ['old']],
    ]);
  });

  it.each([
    ['a week ago', -168 * hourMs],
    ['in 1970', -sender.nowMs],
    ['two days ahead', 48 * hourMs],
  ])('stamps what happened %s anew, and keeps the true time', (_, offsetMs) => {
    const timeMs = sender.nowMs + offsetMs;
    const [entry] = entriesOf({}, [entryWith({ timeMs })]);
    expect(entry?.metadata['event_time']).toBe(new Date(timeMs).toISOString());
  });

  it('keeps the order of what it stamps anew, and the stamp when it is sent again soon', () => {
    const weekAgoMs = sender.nowMs - 200 * hourMs;
    const batch = ['a', 'b', 'c'].map((message, index) => entryWith({ message, timeMs: weekAgoMs + index }));
    expect(entriesOf({}, batch).map(({ line }) => line)).toEqual(['a', 'b', 'c']);
    const exporter = lokiExporter({ url: 'http://loki:3100' });
    const [first, again] = [0, 30_000].map(
      (ms) => exporter.encode(batch, { ...sender, nowMs: sender.nowMs + ms }).body,
    );
    expect(again).toBe(first);
  });

  it('has a verdict for every status', () => {
    expect(classified(lokiExporter({ url: 'http://loki:3100' }))).toEqual({
      accepted: ['200-259', '261-299'],
      partial: [],
      unknown: ['400'],
      auth: ['401', '403'],
      'too-big': ['413'],
      retry: ['408', '425', '429', '500-599'],
      rejected: ['260', '300-399', '402', '404-407', '409-412', '414-424', '426-428', '430-499'],
    });
  });

  it('gives a server error up after 20 attempts, and an overload never', () => {
    const exporter = lokiExporter({ url: 'http://loki:3100' });
    const verdict = (status: number): unknown => exporter.classify({ status, headers: {}, body: '' }, []);
    expect([verdict(500), verdict(503)]).toEqual([{ kind: 'retry', maxAttempts: 20 }, { kind: 'retry' }]);
  });

  const tooMany = Object.fromEntries(Array.from({ length: 12 }, (_, index) => [`label_${index}`, 'x']));
  it.each([
    [{ url: 'loki:3100' }, 'loki.url'],
    [{ url: 'http://logs.example.com', username, password }, 'loki.url'],
    [{ username }, 'loki.password'],
    [{ password }, 'loki.username'],
    [{ username: 'a:b', password }, 'loki.username'],
    [{ tenant: 'a b' }, 'loki.tenant'],
    [{ labels: { 'a-b': 'x' } }, 'loki.labels'],
    [{ labels: { __name__: 'x' } }, 'loki.labels'],
    [{ labels: { level: 'x' } }, 'loki.labels'],
    [{ labels: tooMany }, 'loki.labels'],
    [{ labels: { region: '' } }, 'loki.labels.region'],
    [{ labels: { region: 'x'.repeat(2_049) } }, 'loki.labels.region'],
    [{ timeoutMs: 0 }, 'loki.timeoutMs'],
    [{ compression: 'zstd' as 'gzip' }, 'loki.compression'],
  ])('refuses %j', (options, option) => {
    const create = (): unknown => lokiExporter({ url: 'https://logs.example.com', ...options });
    expect(create).toThrow(ConfigError);
    expect(create).toThrow(
      expect.objectContaining({ option, message: expect.not.stringContaining('canary') as string }) as Error,
    );
  });

  it('may be allowed to carry the password in clear', () => {
    const url = 'http://logs.example.com';
    expect(lokiExporter({ url, username, password, allowInsecure: true }).endpoint).toContain(url);
  });
});

describe('Loki exporter, from the environment', () => {
  function fromEnvironment(env: Record<string, string>): { headers: unknown; warnings: string[] } {
    const warnings: string[] = [];
    const destination = lokiFromEnvironment(env, (sentence) => warnings.push(sentence));
    return { headers: destination?.encode(batchOf('a'), sender).headers, warnings };
  }
  const url = { LOKI_URL: 'https://logs.example.com' };
  const complete = { ...url, LOKI_USERNAME: username, LOKI_PASSWORD: password, LOKI_TENANT: 'shop' };
  const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;

  it('is silent when nothing is set', () => {
    expect(fromEnvironment({ LOKI_URL: ' ', LOKI_TENANT: '' })).toEqual({ headers: undefined, warnings: [] });
  });

  it('is on by environment alone', async () => {
    vi.stubEnv('LOKI_URL', 'http://127.0.0.1:9/');
    onTestFinished(() => void vi.unstubAllEnvs());
    const observability = createObservability({ isolated: true, log: { level: 'silent' } });
    expect(observability.status().exporters).toMatchObject([
      { name: 'loki', endpoint: 'http://127.0.0.1:9/loki/api/v1/push' },
    ]);
    await observability.close();
  });

  it('needs no more than the URL', () => {
    expect(fromEnvironment(url)).toEqual({ headers: { 'content-type': 'application/json' }, warnings: [] });
  });

  it('takes credential and tenant', () => {
    expect(fromEnvironment(complete)).toMatchObject({
      headers: { authorization, 'x-scope-orgid': 'shop' },
      warnings: [],
    });
  });

  it.each([
    [{ LOKI_USERNAME: username, LOKI_PASSWORD: password }, 'LOKI_USERNAME is set but LOKI_URL is not'],
    [{ LOKI_TENANT: 'shop' }, 'LOKI_TENANT is set but LOKI_URL is not'],
    [{ ...url, LOKI_USERNAME: username }, 'LOKI_USERNAME is set but LOKI_PASSWORD is not'],
    [{ ...url, LOKI_PASSWORD: password }, 'LOKI_PASSWORD is set but LOKI_USERNAME is not'],
  ])('warns once of half a configuration and sends nothing: %j', (env, warning) => {
    expect(fromEnvironment(env)).toEqual({
      headers: undefined,
      warnings: [`${warning}; errors are not sent to Loki`],
    });
  });

  it.each([
    [{ LOKI_URL: 'loki:3100' }, 'LOKI_URL must be an absolute URL with http:// or https://, got "loki:3100"'],
    [{ LOKI_TENANT: 'a b' }, `LOKI_TENANT must be letters, digits, ! - _ . * ' ( ), got "a b"`],
  ])('warns once of what cannot be used and sends nothing: %j', (env, warning) => {
    expect(fromEnvironment({ ...complete, ...env })).toEqual({
      headers: undefined,
      warnings: [`${warning}; errors are not sent there`],
    });
  });

  it('reads secrets from files', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'throughline-')), 'password');
    writeFileSync(file, `${password}\n`);
    const { LOKI_PASSWORD: _, ...rest } = complete;
    expect(fromEnvironment({ ...rest, LOKI_PASSWORD_FILE: file })).toMatchObject({ headers: { authorization } });
  });
});
