import { ConfigError } from '@throughline/core';
import { otlpExporter, otlpFromEnvironment } from '@throughline/core/exporters/otlp';
import { describe, expect, it } from 'vitest';
import { describeExporter } from '../contract/exporter.js';
import { batchOf, classified, sender } from './batch.js';

type AnyValue = Record<string, string | number | boolean>;
interface KeyValue {
  key: string;
  value: AnyValue;
}
interface LogRecord {
  severityText: string;
  body: AnyValue;
  attributes: KeyValue[];
}
interface LogsRequest {
  resourceLogs: { resource: { attributes: KeyValue[] }; scopeLogs: { logRecords: LogRecord[] }[] }[];
}

function plain(attributes: readonly KeyValue[]): Record<string, unknown> {
  return Object.fromEntries(
    attributes.map(({ key, value }) => [
      key,
      'intValue' in value ? Number(value['intValue']) : Object.values(value)[0],
    ]),
  );
}

/** Names of the conventions by the names the contract knows. */
const contractNames: Record<string, string> = {
  'service.name': 'service',
  'service.version': 'version',
  'deployment.environment.name': 'env',
  'log.record.uid': 'uid',
  'http.route': 'route',
  'user.id': 'user_id',
  'exception.type': 'error_type',
  'exception.message': 'error_message',
  'exception.stacktrace': 'error_stack',
  'error.code': 'error_code',
  'code.file.path': 'code_file',
};

function flatRecords(body: string): Record<string, unknown>[] {
  const [logs] = (JSON.parse(body) as LogsRequest).resourceLogs;
  return (logs?.scopeLogs[0]?.logRecords ?? []).map(({ attributes, body: text, severityText }) => {
    const all = { ...plain(logs?.resource.attributes ?? []), ...plain(attributes) };
    const named = Object.entries(all).map(([key, value]) => [contractNames[key] ?? key, value]);
    return { ...Object.fromEntries(named), message: text['stringValue'], level: severityText.toLowerCase() };
  });
}

describeExporter({
  name: 'OTLP',
  create: (url) => otlpExporter({ url, headers: { Authorization: 'Bearer canary-of-otlp' } }),
  path: '/v1/logs',
  authorization: 'Bearer canary-of-otlp',
  accepted: () => ({ status: 200, body: '{}' }),
  partial: () => ({ status: 200, body: '{"partialSuccess":{"rejectedLogRecords":"1","errorMessage":"too old"}}' }),
  records: ({ body }) => flatRecords(body),
  kept: [401, 403, 408, 425, 429, 502, 503, 504],
  refused: [301, 302, 307, 308, 400, 404, 405, 409, 415, 422, 500, 501, 599],
});

describe('OTLP exporter, by itself', () => {
  const exporter = otlpExporter({ url: 'http://collector:4318/base/', headers: { 'X-Key': 'canary' } });

  it('appends the path of logs to a base URL, and uses an endpoint as it is', () => {
    expect(exporter.endpoint).toBe('http://collector:4318/base/v1/logs');
    const own = otlpExporter({ endpoint: 'https://in.example.com/otlp?token=canary' });
    expect(own.endpoint).toBe('https://in.example.com/otlp');
    expect(own.encode([], sender).url).toBe('https://in.example.com/otlp?token=canary');
  });

  it('writes the protocol as it is specified', () => {
    const [entry] = batchOf('GET /orders/42 failed');
    const attributes = {
      method: 'GET',
      route: '/orders/:id',
      status: 500,
      ratio: 0.5,
      admin: true,
      trace_id: '5b8efff798038103d269b633813fc60c',
      span_id: 'eee19b7ec3c1b174',
      trace_flags: '01',
    };
    const stack = 'TypeError: x\n    at f (a.js:3:1)';
    const error = { type: 'TypeError', message: 'x', stack, code: undefined, cause: undefined };
    const location = { file: 'a.js', line: 3, function: 'f' };
    const batch = entry ? [{ ...entry, record: { ...entry.record, attributes, error, location } }] : [];
    const { body, headers } = exporter.encode(batch, sender);
    const text = (value: string): AnyValue => ({ stringValue: value });
    expect(headers).toEqual({ 'x-key': 'canary', 'content-type': 'application/json' });
    expect(JSON.parse(String(body))).toEqual({
      resourceLogs: [
        {
          resource: {
            attributes: [
              { key: 'service.name', value: text('shop') },
              { key: 'service.version', value: text('1.4.0') },
              { key: 'service.instance.id', value: text(sender.instanceId) },
              { key: 'deployment.environment.name', value: text('production') },
              { key: 'deployment.environment', value: text('production') },
              { key: 'host.name', value: text('h1') },
              { key: 'process.pid', value: { intValue: '7' } },
              { key: 'telemetry.sdk.language', value: text('nodejs') },
            ],
          },
          scopeLogs: [
            {
              scope: { name: '@throughline/core' },
              logRecords: [
                {
                  timeUnixNano: '1764000000000000000',
                  observedTimeUnixNano: '1764000000000000000',
                  severityNumber: 17,
                  severityText: 'ERROR',
                  body: text('GET /orders/42 failed'),
                  attributes: [
                    { key: 'log.record.uid', value: text('uid-GET /orders/42 failed') },
                    { key: 'exception.type', value: text('TypeError') },
                    { key: 'exception.message', value: text('x') },
                    { key: 'exception.stacktrace', value: text(stack) },
                    { key: 'code.file.path', value: text('a.js') },
                    { key: 'code.line.number', value: { intValue: '3' } },
                    { key: 'code.function.name', value: text('f') },
                    { key: 'http.request.method', value: text('GET') },
                    { key: 'http.route', value: text('/orders/:id') },
                    { key: 'http.response.status_code', value: { intValue: '500' } },
                    { key: 'ratio', value: { doubleValue: 0.5 } },
                    { key: 'admin', value: { boolValue: true } },
                  ],
                  traceId: '5b8efff798038103d269b633813fc60c',
                  spanId: 'eee19b7ec3c1b174',
                  flags: 1,
                },
              ],
            },
          ],
        },
      ],
    });
  });

  it('leaves out a trace id of the wrong length, for which a collector refuses the whole request', () => {
    const [entry] = batchOf('a');
    const batch = entry
      ? [{ ...entry, record: { ...entry.record, attributes: { trace_id: 'abc', span_id: 'd' } } }]
      : [];
    expect(String(exporter.encode(batch, sender).body)).not.toMatch(/traceId|spanId/);
  });

  it('gives fatal its own severity', () => {
    const batch = batchOf('a').map((entry) => ({ ...entry, record: { ...entry.record, level: 'fatal' as const } }));
    expect(String(exporter.encode(batch, sender).body)).toContain('"severityNumber":21,"severityText":"FATAL"');
  });

  it.each([
    ['', { kind: 'accepted' }],
    ['\u0008\u0001', { kind: 'accepted' }],
    ['null', { kind: 'accepted' }],
    ['{"partialSuccess":null}', { kind: 'accepted' }],
    ['{"partialSuccess":{"rejectedLogRecords":"0"}}', { kind: 'accepted' }],
    ['{"partialSuccess":{"rejectedLogRecords":"many"}}', { kind: 'accepted' }],
    ['{"partialSuccess":{"rejectedLogRecords":"2"}}', { kind: 'partial', rejected: 2, unconfirmed: 0 }],
    ['{"partialSuccess":{"rejectedLogRecords":2}}', { kind: 'partial', rejected: 2, unconfirmed: 0 }],
    ['{"partial_success":{"rejected_log_records":2}}', { kind: 'partial', rejected: 2, unconfirmed: 0 }],
    ['{"partialSuccess":{"errorMessage":"hm"}}', { kind: 'partial', rejected: 0, unconfirmed: 0, detail: 'hm' }],
  ])('reads a success that says %j', (body, verdict) => {
    expect(exporter.classify({ status: 200, headers: {}, body }, batchOf('a', 'b', 'c'))).toEqual(verdict);
  });

  it('has a verdict for every status', () => {
    expect(classified(exporter)).toEqual({
      accepted: ['200-299'],
      partial: [],
      unknown: [],
      auth: ['401', '403'],
      'too-big': ['413'],
      retry: ['408', '425', '429', '502-504'],
      rejected: ['300-400', '402', '404-407', '409-412', '414-424', '426-428', '430-501', '505-599'],
    });
  });

  it.each([
    [{}, 'otlp.url'],
    [{ url: 'https://x', endpoint: 'https://x' }, 'otlp.url'],
    [{ url: 'collector:4317' }, 'otlp.url'],
    [{ endpoint: '/v1/logs' }, 'otlp.endpoint'],
    [{ url: 'http://in.example.com', headers: { 'x-key': 'canary' } }, 'otlp.url'],
    [{ url: 'https://x', headers: { 'x key': 'canary' } }, 'otlp.headers'],
    [{ url: 'https://x', headers: { 'x-key': 'canary\n' } }, 'otlp.headers'],
    [{ url: 'https://x', timeoutMs: -1 }, 'otlp.timeoutMs'],
  ])('refuses %j', (options, option) => {
    const create = (): unknown => otlpExporter(options);
    expect(create).toThrow(ConfigError);
    expect(create).toThrow(
      expect.objectContaining({ option, message: expect.not.stringContaining('canary') as string }) as Error,
    );
  });

  it('sends in clear what carries no header', () => {
    expect(otlpExporter({ url: 'http://in.example.com' }).endpoint).toBe('http://in.example.com/v1/logs');
  });
});

describe('OTLP exporter, from the environment', () => {
  function fromEnvironment(env: Record<string, string>): {
    endpoint?: string;
    headers?: Readonly<Record<string, string>>;
    timeoutMs?: number | undefined;
    warnings: string[];
  } {
    const warnings: string[] = [];
    const destination = otlpFromEnvironment(env, (sentence) => warnings.push(sentence));
    if (!destination) return { warnings };
    const { 'content-type': _, ...headers } = destination.encode([], sender).headers;
    return { endpoint: destination.endpoint, headers, timeoutMs: destination.timeoutMs, warnings };
  }
  const url = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318' };

  it.each([
    {},
    { OTEL_EXPORTER_OTLP_ENDPOINT: '', OTEL_EXPORTER_OTLP_HEADERS: 'a=b' },
    { ...url, OTEL_SDK_DISABLED: 'TRUE' },
    { ...url, OTEL_LOGS_EXPORTER: 'none' },
    { ...url, OTEL_LOGS_EXPORTER: 'console' },
  ])('is silent for %j', (env) => expect(fromEnvironment(env)).toEqual({ warnings: [] }));

  it('takes the general endpoint as a base, and the one for logs as it is', () => {
    expect(fromEnvironment({ ...url, OTEL_LOGS_EXPORTER: 'console, otlp', OTEL_SDK_DISABLED: '1' })).toEqual({
      endpoint: 'http://collector:4318/v1/logs',
      headers: {},
      timeoutMs: 10_000,
      warnings: [],
    });
    expect(fromEnvironment({ ...url, OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: 'http://logs:4318/in' }).endpoint).toBe(
      'http://logs:4318/in',
    );
  });

  it('takes a blank variable for one that is not set', () => {
    const blank = {
      OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: ' ',
      OTEL_EXPORTER_OTLP_LOGS_TIMEOUT: ' ',
      OTEL_LOGS_EXPORTER: ' ',
    };
    const protocols = { OTEL_EXPORTER_OTLP_LOGS_PROTOCOL: ' ', OTEL_EXPORTER_OTLP_PROTOCOL: ' http/json ' };
    expect(fromEnvironment({ ...url, ...blank, ...protocols, OTEL_EXPORTER_OTLP_TIMEOUT: '5000' })).toEqual({
      endpoint: 'http://collector:4318/v1/logs',
      headers: {},
      timeoutMs: 5_000,
      warnings: [],
    });
  });

  it('merges headers, percent-decoded, and takes the shorter names of what is for logs', () => {
    const env = {
      ...url,
      OTEL_EXPORTER_OTLP_HEADERS: 'Authorization=Basic%20abc=,stream-name=a',
      OTEL_EXPORTER_OTLP_LOGS_HEADERS: 'stream-name=b',
      OTEL_EXPORTER_OTLP_TIMEOUT: '5000',
      OTEL_EXPORTER_OTLP_LOGS_TIMEOUT: '3000',
    };
    expect(fromEnvironment(env)).toMatchObject({
      headers: { authorization: 'Basic abc=', 'stream-name': 'b' },
      timeoutMs: 3_000,
    });
  });

  it.each([
    [
      { OTEL_EXPORTER_OTLP_TIMEOUT: '0' },
      'OTEL_EXPORTER_OTLP_TIMEOUT must be a number of milliseconds from 1 to 600000, got "0"; 10000 is used',
    ],
    [
      { OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' },
      'OTEL_EXPORTER_OTLP_PROTOCOL asks for "grpc", but errors are sent as \'http/json\'',
    ],
    [
      { OTEL_EXPORTER_OTLP_HEADERS: 'canary' },
      'OTEL_EXPORTER_OTLP_HEADERS has a pair that is not name=value; it is left out',
    ],
  ])('warns of %j, and sends all the same', (env, warning) => {
    expect(fromEnvironment({ ...url, ...env })).toMatchObject({
      endpoint: 'http://collector:4318/v1/logs',
      warnings: [warning],
    });
  });

  it('warns of an endpoint that is no URL, and sends nothing', () => {
    expect(fromEnvironment({ OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4318' }).warnings).toEqual([
      'OTEL_EXPORTER_OTLP_ENDPOINT must be an absolute URL with http:// or https://, got "collector:4318"; errors are not sent there',
    ]);
  });

  it.each(['Authorization: Basic canary==', 'x-key canary=1', 'x-key=a%0Acanary'])(
    'repeats no credential of malformed headers in the environment: %s',
    (headers) => {
      const warnings: string[] = [];
      const env = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318', OTEL_EXPORTER_OTLP_HEADERS: headers };
      expect(otlpFromEnvironment(env, (sentence) => warnings.push(sentence))).toBeUndefined();
      expect(warnings).toHaveLength(1);
      expect(warnings[0]).not.toContain('canary');
    },
  );
});
