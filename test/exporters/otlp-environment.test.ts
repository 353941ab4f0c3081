import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { otlpFromEnvironment } from '@throughline/core/exporters/otlp';
import { afterAll, describe, expect, it } from 'vitest';
import { sender } from './batch.js';
import { certificate, key } from './certificate.js';

const folder = mkdtempSync(join(tmpdir(), 'throughline-'));
const certificateFile = join(folder, 'certificate.pem');
const keyFile = join(folder, 'key.pem');
writeFileSync(certificateFile, certificate);
writeFileSync(keyFile, key);
afterAll(() => rmSync(folder, { recursive: true }));

describe('OTLP exporter, from the environment', () => {
  function fromEnvironment(env: Record<string, string>): {
    endpoint?: string;
    headers?: Readonly<Record<string, string>>;
    timeoutMs?: number | undefined;
    compression?: string | undefined;
    tls?: object;
    warnings: string[];
  } {
    const warnings: string[] = [];
    const destination = otlpFromEnvironment(env, (sentence) => warnings.push(sentence));
    if (!destination) return { warnings };
    const { 'user-agent': _, ...headers } = destination.encode([], sender).headers;
    const { endpoint, timeoutMs, compression, tls } = destination;
    return { endpoint, headers, timeoutMs, compression, ...(tls && { tls }), warnings };
  }
  const url = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318' };

  it.each([
    {},
    { OTEL_EXPORTER_OTLP_ENDPOINT: '', OTEL_EXPORTER_OTLP_HEADERS: 'a=b' },
    { ...url, OTEL_SDK_DISABLED: 'TRUE' },
    { ...url, OTEL_LOGS_EXPORTER: 'none' },
    { ...url, OTEL_LOGS_EXPORTER: 'console' },
    { ...url, OTEL_LOGS_EXPORTER: 'otlp,none' },
    { OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc', OTEL_EXPORTER_OTLP_CERTIFICATE: '/nowhere', OTEL_LOGS_EXPORTER: 'jaeger' },
  ])('is silent for %j', (env) => expect(fromEnvironment(env)).toEqual({ warnings: [] }));

  it('takes the general endpoint as a base, and the one for logs as it is', () => {
    expect(fromEnvironment({ ...url, OTEL_LOGS_EXPORTER: 'console, otlp', OTEL_SDK_DISABLED: '1' })).toEqual({
      endpoint: 'http://collector:4318/v1/logs',
      headers: { 'content-type': 'application/x-protobuf' },
      timeoutMs: 10_000,
      compression: 'none',
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
      OTEL_EXPORTER_OTLP_LOGS_COMPRESSION: ' ',
      OTEL_EXPORTER_OTLP_COMPRESSION: ' gzip ',
    };
    const protocols = { OTEL_EXPORTER_OTLP_LOGS_PROTOCOL: ' ', OTEL_EXPORTER_OTLP_PROTOCOL: ' http/json ' };
    expect(fromEnvironment({ ...url, ...blank, ...protocols, OTEL_EXPORTER_OTLP_TIMEOUT: '5000' })).toEqual({
      endpoint: 'http://collector:4318/v1/logs',
      headers: { 'content-type': 'application/json' },
      timeoutMs: 5_000,
      compression: 'gzip',
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
    ['PROTOCOL', 'http/json', 'http/protobuf', { headers: { 'content-type': 'application/json' } }],
    ['COMPRESSION', 'gzip', 'none', { compression: 'gzip' }],
    ['TIMEOUT', '3000', '5000', { timeoutMs: 3_000 }],
    ['CERTIFICATE', certificateFile, '/nowhere', { tls: { ca: certificate } }],
  ])(
    'takes %s for logs before the general one, and the general one where that cannot be used',
    (name, own, other, taken) => {
      const [forLogs, forAll] = [`OTEL_EXPORTER_OTLP_LOGS_${name}`, `OTEL_EXPORTER_OTLP_${name}`];
      expect(fromEnvironment({ ...url, [forLogs]: own, [forAll]: other })).toMatchObject({ ...taken, warnings: [] });
      const mended = fromEnvironment({ ...url, [forLogs]: '/no/such', [forAll]: own });
      expect(mended).toMatchObject({ ...taken, warnings: [expect.stringContaining(forLogs)] });
    },
  );

  it('reads certificates and keys from the files that are named, once', () => {
    const tls = {
      OTEL_EXPORTER_OTLP_CERTIFICATE: certificateFile,
      OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE: certificateFile,
      OTEL_EXPORTER_OTLP_LOGS_CLIENT_KEY: keyFile,
    };
    expect(fromEnvironment({ ...url, ...tls })).toMatchObject({
      tls: { ca: certificate, cert: certificate, key },
      warnings: [],
    });
  });

  it.each([
    [{ OTEL_EXPORTER_OTLP_CERTIFICATE: keyFile }, 'the certificates that OTEL_EXPORTER_OTLP_… names'],
    [{ OTEL_EXPORTER_OTLP_CERTIFICATE: '/dev/null' }, 'OTEL_EXPORTER_OTLP_CERTIFICATE'],
  ])('warns of a certificate that is none, and sends nothing: %j', (tls, name) => {
    const { endpoint, warnings } = fromEnvironment({ ...url, ...tls });
    expect(endpoint).toBeUndefined();
    expect(warnings).toEqual([
      expect.stringMatching(`^${name} must be .*PEM text.*"\\[Redacted\\]"; errors are not sent there$`),
    ]);
  });

  it.each([
    [
      { OTEL_EXPORTER_OTLP_TIMEOUT: '0' },
      'OTEL_EXPORTER_OTLP_TIMEOUT must be a number of milliseconds from 1 to 600000, got "0"; it is ignored',
    ],
    [
      { OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' },
      "OTEL_EXPORTER_OTLP_PROTOCOL must be 'http/protobuf' or 'http/json', for which collectors mostly have port 4318, got \"grpc\"; it is ignored",
    ],
    [
      { OTEL_EXPORTER_OTLP_LOGS_COMPRESSION: 'zstd' },
      "OTEL_EXPORTER_OTLP_LOGS_COMPRESSION must be 'gzip' or 'none', got \"zstd\"; it is ignored",
    ],
    [{ OTEL_LOGS_EXPORTER: 'otlp,jaeger' }, 'OTEL_LOGS_EXPORTER names "jaeger", which is not known; it is ignored'],
    [
      { OTEL_EXPORTER_OTLP_CERTIFICATE: '/nowhere' },
      'OTEL_EXPORTER_OTLP_CERTIFICATE names a file that cannot be read (ENOENT); it is ignored',
    ],
    [
      { OTEL_EXPORTER_OTLP_CLIENT_KEY: certificateFile },
      'OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE and OTEL_EXPORTER_OTLP_CLIENT_KEY go together; the one is ignored',
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
