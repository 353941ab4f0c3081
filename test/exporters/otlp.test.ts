import { generateKeyPairSync } from 'node:crypto';
import { ConfigError } from '@throughline/core';
import { otlpExporter } from '@throughline/core/exporters/otlp';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeExporter } from '../contract/exporter.js';
import { batchOf, classified, sender } from './batch.js';
import { certificate, key } from './certificate.js';
import { decodeLogs, encodeAnswer, encodeStatus, plainAttributes, type LogsRequest } from './otlp-decoder.js';

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

const otherKey = generateKeyPairSync('ec', {
  namedCurve: 'P-256',
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
}).privateKey;

function flatRecords(request: LogsRequest): Record<string, unknown>[] {
  const [logs] = request.resourceLogs;
  return (logs?.scopeLogs[0]?.logRecords ?? []).map(({ attributes, body: text, severityText }) => {
    const all = { ...plainAttributes(logs?.resource.attributes ?? []), ...plainAttributes(attributes) };
    const named = Object.entries(all).map(([key, value]) => [contractNames[key] ?? key, value]);
    return { ...Object.fromEntries(named), message: text['stringValue'], level: severityText.toLowerCase() };
  });
}

const headers = { Authorization: 'Bearer canary-of-otlp' };
const subject = {
  path: '/v1/logs',
  authorization: 'Bearer canary-of-otlp',
  kept: [401, 403, 408, 425, 429, 502, 503, 504],
  refused: [301, 302, 307, 308, 400, 404, 405, 409, 415, 422, 500, 501, 599],
};

describeExporter({
  ...subject,
  name: 'OTLP in protobuf',
  create: (url) => otlpExporter({ url, headers }),
  accepted: () => ({ status: 200 }),
  partial: () => ({ status: 200, body: encodeAnswer({ rejectedLogRecords: 1, errorMessage: 'too old' }) }),
  records: ({ bytes }) => flatRecords(decodeLogs(bytes)),
});

describeExporter({
  ...subject,
  name: 'OTLP in JSON',
  create: (url) => otlpExporter({ url, headers, protocol: 'http/json' }),
  accepted: () => ({ status: 200, body: '{}' }),
  partial: () => ({ status: 200, body: '{"partialSuccess":{"rejectedLogRecords":"1","errorMessage":"too old"}}' }),
  records: ({ body }) => flatRecords(JSON.parse(body) as LogsRequest),
});

describe('OTLP exporter, by itself', () => {
  const exporter = otlpExporter({ url: 'http://collector:4318/base/', headers: { 'X-Key': 'canary' } });

  it('appends the path of logs to a base URL, and uses an endpoint as it is', () => {
    expect(exporter.endpoint).toBe('http://collector:4318/base/v1/logs');
    const own = otlpExporter({ endpoint: 'https://in.example.com/otlp?token=canary' });
    expect(own.endpoint).toBe('https://in.example.com/otlp');
    expect(own.encode([], sender).url).toBe('https://in.example.com/otlp?token=canary');
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

  it.each([
    [{}, { kind: 'accepted' }],
    [{ errorMessage: '' }, { kind: 'accepted' }],
    [{ rejectedLogRecords: 2 }, { kind: 'partial', rejected: 2, unconfirmed: 0 }],
    [
      { rejectedLogRecords: 300, errorMessage: 'é' },
      { kind: 'partial', rejected: 300, unconfirmed: 0, detail: 'é' },
    ],
    [{ rejectedLogRecords: -1 }, { kind: 'accepted' }],
    [{ errorMessage: 'hm' }, { kind: 'partial', rejected: 0, unconfirmed: 0, detail: 'hm' }],
  ])('reads a success in protobuf that says %j', (partialSuccess, verdict) => {
    const bytes = encodeAnswer(partialSuccess);
    const answer = { status: 200, headers: {}, body: Buffer.from(bytes).toString(), bytes };
    expect(exporter.classify(answer, batchOf('a', 'b', 'c'))).toEqual(verdict);
  });

  it.each([
    [400, 'application/x-protobuf', encodeStatus('wrong wire type'), 'rejected', 'wrong wire type'],
    [503, 'application/x-protobuf; x', encodeStatus('busy'), 'retry', 'busy'],
    [400, 'application/json', Buffer.from('{"code":3,"message":"no such field"}'), 'rejected', 'no such field'],
    [400, 'text/plain', Buffer.from('bad'), 'rejected', undefined],
    [400, 'application/x-protobuf', Buffer.from('bad'), 'rejected', undefined],
    [401, 'application/x-protobuf', encodeStatus('who?'), 'auth', undefined],
  ])('repeats what the server says with HTTP %i in %s', (status, type, bytes, kind, detail) => {
    const answer = { status, headers: { 'content-type': type }, body: Buffer.from(bytes).toString(), bytes };
    const verdict = exporter.classify(answer, batchOf('a'));
    expect(verdict.kind).toBe(kind);
    expect('detail' in verdict ? verdict.detail : undefined).toBe(detail);
  });

  it('takes bytes that are no message for a success, however they end', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), fc.boolean(), (noise, isCut) => {
        const bytes = isCut ? Buffer.concat([encodeAnswer({ errorMessage: 'hm' }).subarray(0, -1), noise]) : noise;
        const answer = { status: 200, headers: {}, body: Buffer.from(bytes).toString(), bytes };
        expect(['accepted', 'partial']).toContain(exporter.classify(answer, batchOf('a')).kind);
      }),
    );
    const torn = encodeAnswer({ rejectedLogRecords: 2, errorMessage: 'hm' }).subarray(0, -1);
    expect(exporter.classify({ status: 200, headers: {}, body: '', bytes: torn }, batchOf('a'))).toEqual({
      kind: 'accepted',
    });
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
    [{ url: 'https://x', protocol: 'grpc' as 'http/json' }, 'otlp.protocol'],
    [{ url: 'https://x', compression: 'br' as 'gzip' }, 'otlp.compression'],
    [{ url: 'https://x', tls: ['canary'] as object }, 'otlp.tls'],
    [{ url: 'https://x', tls: { ca: 'canary' } }, 'otlp.tls.ca'],
    [{ url: 'https://x', tls: { ca: certificate.replace('MII', 'canary') } }, 'otlp.tls'],
    [{ url: 'https://x', tls: { cert: certificate } }, 'otlp.tls'],
    [{ url: 'https://x', tls: { cert: certificate, key: otherKey } }, 'otlp.tls'],
  ])('refuses %j', (options, option) => {
    const create = (): unknown => otlpExporter(options);
    expect(create).toThrow(ConfigError);
    expect(create).toThrow(
      expect.objectContaining({ option, message: expect.not.stringContaining('canary') as string }) as Error,
    );
  });

  it('says which encoding it sends, and who sends it', () => {
    expect(exporter.encode([], sender).headers).toEqual({
      'x-key': 'canary',
      'content-type': 'application/x-protobuf',
      'user-agent': expect.stringMatching(
        /^Throughline\/(\d+\.\d+\.\d+\S*) OTel-OTLP-Exporter-JavaScript\/\1$/,
      ) as string,
    });
    const own = otlpExporter({
      url: 'http://collector:4318',
      protocol: 'http/json',
      headers: { 'User-Agent': 'shop' },
    });
    expect(own.encode([], sender).headers).toEqual({ 'content-type': 'application/json', 'user-agent': 'shop' });
  });

  it('has its bodies packed, and shows its certificate, when it is told to', () => {
    const tls = { ca: certificate, cert: certificate, key };
    expect(otlpExporter({ url: 'https://x', compression: 'gzip', tls })).toMatchObject({ compression: 'gzip', tls });
    expect(exporter.compression).toBe('none');
    expect(exporter).not.toHaveProperty('tls');
  });

  it('sends in clear what carries no header', () => {
    expect(otlpExporter({ url: 'http://in.example.com' }).endpoint).toBe('http://in.example.com/v1/logs');
  });
});
