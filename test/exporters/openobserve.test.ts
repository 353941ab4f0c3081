import { ConfigError } from '@throughline/core';
import { openobserveExporter, openobserveFromEnvironment } from '@throughline/core/exporters/openobserve';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { describeExporter, type ExporterSubject } from '../contract/exporter.js';
import { batchOf, classified, sender } from './batch.js';

const key = 'ops@example.com:canary-of-openobserve';

function counted(successful: number, failed: number): { status: number; body: string } {
  return { status: 200, body: JSON.stringify({ code: 200, status: [{ name: 'prod', successful, failed }] }) };
}

const subject: ExporterSubject = {
  name: 'OpenObserve',
  create: (url) => openobserveExporter({ url, key }),
  path: '/api/default/prod/_json',
  authorization: `Basic ${Buffer.from(key).toString('base64')}`,
  accepted: (count) => counted(count, 0),
  partial: (count) => counted(count - 1, 1),
  records: ({ body }) => JSON.parse(body) as Record<string, unknown>[],
  kept: [401, 403, 408, 425, 429, 500, 502, 503, 504, 599],
  refused: [301, 302, 307, 308, 400, 404, 405, 409, 415, 422],
};

describeExporter(subject);
describeExporter({ ...subject, name: 'OpenObserve, behind a spool,', hasSpool: true });

describe('OpenObserve exporter, by itself', () => {
  const exporter = openobserveExporter({
    url: 'https://logs.example.com/base/',
    key,
    organisation: 'acme',
    stream: 'errors',
  });

  it('keeps a path of the URL, and shows the endpoint without the key', () => {
    expect(exporter.endpoint).toBe('https://logs.example.com/base/api/acme/errors/_json');
  });

  it('writes flat records with the time in microseconds', () => {
    const { body, headers, url } = exporter.encode(batchOf('a'), sender);
    expect(JSON.parse(String(body))).toMatchObject([
      { _timestamp: 1_764_000_000_000_000, message: 'a', pid: 7, host: 'h1' },
    ]);
    expect([url, headers['content-type']]).toEqual([exporter.endpoint, 'application/json']);
  });

  it('stamps what is too old or too far ahead for the server anew, and keeps the true time', () => {
    const hourMs = 3_600_000;
    for (const [offsetMs, stampedMs] of [
      [-5 * hourMs, -17_400_000],
      [48 * hourMs, 82_800_000],
    ] as const) {
      const { body } = exporter.encode(batchOf('a'), { ...sender, nowMs: sender.nowMs - offsetMs });
      expect(JSON.parse(String(body))).toMatchObject([
        { _timestamp: (sender.nowMs - offsetMs + stampedMs) * 1_000, event_time: '2025-11-24T16:00:00.000Z' },
      ]);
    }
  });

  it.each([
    [counted(3, 0), { kind: 'accepted' }],
    [counted(2, 1), { kind: 'partial', rejected: 1, unconfirmed: 0 }],
    [counted(2, 0), { kind: 'partial', rejected: 0, unconfirmed: 1 }],
    [counted(0, 0), { kind: 'partial', rejected: 0, unconfirmed: 3 }],
    [counted(-5, 1e9), { kind: 'partial', rejected: 3, unconfirmed: 0 }],
    [
      { status: 200, body: '<html>' },
      { kind: 'partial', rejected: 0, unconfirmed: 3 },
    ],
    [
      { status: 200, body: '{"code":200}' },
      { kind: 'partial', rejected: 0, unconfirmed: 3 },
    ],
    [{ status: 200, body: '{"code":200,"status":[null,{"successful":1},{"successful":2}]}' }, { kind: 'accepted' }],
    [
      { status: 200, body: '{"code":503,"error":"memory"}' },
      { kind: 'retry', maxAttempts: 20 },
    ],
    [
      { status: 500, body: '' },
      { kind: 'retry', maxAttempts: 20 },
    ],
    [{ status: 413, body: '' }, { kind: 'too-big' }],
  ])('takes a 200 for a claim to verify: %j', (answer, verdict) => {
    expect(exporter.classify({ headers: {}, ...answer }, batchOf('a', 'b', 'c'))).toEqual(verdict);
  });

  it('repeats what the server said of refused records', () => {
    const body = '{"code":200,"status":[{"successful":0,"failed":1,"error":"Too old data"}]}';
    expect(exporter.classify({ status: 200, headers: {}, body }, batchOf('a'))).toMatchObject({
      detail: 'Too old data',
    });
  });

  it('has a verdict for every status', () => {
    expect(classified(exporter)).toEqual({
      accepted: [],
      partial: ['200-299'],
      unknown: [],
      auth: ['401', '403'],
      'too-big': ['413'],
      retry: ['408', '425', '429', '500-599'],
      rejected: ['300-400', '402', '404-407', '409-412', '414-424', '426-428', '430-499'],
    });
  });

  it.each([
    [{ url: 'logs.example.com' }, 'openobserve.url'],
    [{ url: 'http://logs.example.com' }, 'openobserve.url'],
    [{ key: 'canary' }, 'openobserve.key'],
    [{ organisation: '' }, 'openobserve.organisation'],
    [{ stream: 'a/b' }, 'openobserve.stream'],
    [{ timeoutMs: 0 }, 'openobserve.timeoutMs'],
  ])('refuses %j', (options, option) => {
    const create = (): unknown => openobserveExporter({ url: 'https://logs.example.com', key, ...options });
    expect(create).toThrow(ConfigError);
    expect(create).toThrow(
      expect.objectContaining({ option, message: expect.not.stringContaining('canary') as string }) as Error,
    );
  });

  it('may be allowed to carry the key in clear', () => {
    expect(openobserveExporter({ url: 'http://logs.example.com', key, allowInsecure: true }).endpoint).toContain(
      'http:',
    );
  });
});

describe('OpenObserve exporter, from the environment', () => {
  function fromEnvironment(env: Record<string, string>): { endpoint: string | undefined; warnings: string[] } {
    const warnings: string[] = [];
    const destination = openobserveFromEnvironment(env, (sentence) => warnings.push(sentence));
    return { endpoint: destination?.endpoint, warnings };
  }
  const complete = { LOGS_BASE_URL: 'https://logs.example.com', LOGS_KEY: key };

  it('is silent when nothing is set', () => {
    expect(fromEnvironment({ LOGS_BASE_URL: '', LOGS_STREAM_NAME: 'x' })).toEqual({
      endpoint: undefined,
      warnings: [],
    });
  });

  it('takes organisation and stream, or their defaults', () => {
    expect(fromEnvironment(complete).endpoint).toBe('https://logs.example.com/api/default/prod/_json');
    expect(fromEnvironment({ ...complete, LOGS_ORGANISATION: ' ', LOGS_STREAM_NAME: ' web\n' }).endpoint).toContain(
      '/default/web/',
    );
    expect(fromEnvironment({ ...complete, LOGS_ORGANISATION: 'acme', LOGS_STREAM_NAME: 'web' }).endpoint).toContain(
      '/acme/web/',
    );
  });

  it.each([
    [{ LOGS_KEY: key }, 'LOGS_KEY is set but LOGS_BASE_URL is not; errors are not sent to OpenObserve'],
    [{ LOGS_BASE_URL: 'https://x' }, 'LOGS_BASE_URL is set but LOGS_KEY is not; errors are not sent to OpenObserve'],
    [
      { ...complete, LOGS_BASE_URL: 'logs.example.com' },
      'LOGS_BASE_URL must be an absolute URL with http:// or https://, got "logs.example.com"; errors are not sent there',
    ],
    [
      { ...complete, LOGS_KEY: 'canary' },
      `LOGS_KEY must be 'user:password', got "[Redacted]"; errors are not sent there`,
    ],
  ])('warns once and sends nothing: %j', (env, warning) => {
    expect(fromEnvironment(env)).toEqual({ endpoint: undefined, warnings: [warning] });
  });

  it('reads secrets from files', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'throughline-')), 'key');
    writeFileSync(file, `${key}\n`);
    expect(fromEnvironment({ LOGS_BASE_URL: complete.LOGS_BASE_URL, LOGS_KEY_FILE: file }).endpoint).toBeDefined();
    expect(fromEnvironment({ ...complete, LOGS_KEY: '', LOGS_KEY_FILE: '/nowhere' }).warnings).toEqual([
      'LOGS_KEY_FILE cannot be read (ENOENT)',
      'LOGS_BASE_URL is set but LOGS_KEY is not; errors are not sent to OpenObserve',
    ]);
  });
});
