/** OTLP exporter: errors as log records over OTLP/HTTP, for collectors and whatever speaks their protocol. */
import { validateHeaderName, validateHeaderValue } from 'node:http';
import type { Destination, TlsOptions } from '../export/destination.js';
import { createOrWarn } from '../export/from-environment.js';
import { judgeOtlp } from '../export/otlp-answer.js';
import { readOtlpVariables, type OtlpProtocol } from '../export/otlp-environment.js';
import { writeOtlpJson } from '../export/otlp-json.js';
import { otlpLogs } from '../export/otlp-logs.js';
import { writeOtlpProtobuf } from '../export/otlp-protobuf.js';
import { requireServerUrl } from '../export/server-url.js';
import { requireTls } from '../export/tls-options.js';
import { invalidOption, requireObject, requireOneOf, requireRange } from '../internal/options.js';
import type { Environment, Warn } from '../internal/secret-variable.js';
import { version } from '../internal/version.js';

/** Where the collector is, and what goes with every request. */
export interface OtlpOptions {
  /** Base URL of the collector, such as `http://collector:4318`; `v1/logs` is appended. Give this or `endpoint`. */
  url?: string;
  /** URL for logs, used as it is. Give this or `url`. */
  endpoint?: string;
  /** Headers that go with every request, such as an API key. @default {} */
  headers?: Readonly<Record<string, string>>;
  /** Encoding of what is sent. @default 'http/protobuf' */
  protocol?: OtlpProtocol;
  /** How bodies are packed on the way. @default 'none' */
  compression?: 'gzip' | 'none';
  /** PEM texts: authorities to trust (`ca`), and the certificate that shows who we are (`cert` with `key`). */
  tls?: TlsOptions;
  /** Longest time for one exchange, in milliseconds. @default 10_000 */
  timeoutMs?: number;
  /** Whether plain HTTP may carry headers to a public host. @default false */
  allowInsecure?: boolean;
  /** Name in `status()` and problems. @default 'otlp' */
  name?: string;
}

/** Encodings, with the type that tells a server of each. */
const encodings = {
  'http/protobuf': { contentType: 'application/x-protobuf', write: writeOtlpProtobuf },
  'http/json': { contentType: 'application/json', write: writeOtlpJson },
} as const;

/** https://opentelemetry.io/docs/specs/otel/protocol/exporter/#user-agent */
const userAgent = `Throughline/${version} OTel-OTLP-Exporter-JavaScript/${version}`;

/**
 * Sends errors to an OpenTelemetry collector, over HTTP.
 *
 * @throws {ConfigError} When the URL, a header or another option cannot be used.
 */
export function otlpExporter(options: OtlpOptions): Destination {
  requireObject('otlp', options);
  const { url, endpoint, headers = {}, timeoutMs = 10_000, allowInsecure = false, name = 'otlp' } = options;
  const { protocol = 'http/protobuf', compression = 'none', tls } = options;
  requireHeaders(headers);
  requireOneOf('otlp.protocol', protocol, Object.keys(encodings));
  requireOneOf('otlp.compression', compression, ['gzip', 'none']);
  requireRange('otlp.timeoutMs', timeoutMs, 1, 600_000);
  if (tls !== undefined) requireTls('otlp.tls', tls);
  const target = targetOf(url, endpoint, { hasCredential: Object.keys(headers).length > 0, allowInsecure });
  const { contentType, write } = encodings[protocol];
  const allHeaders = { 'user-agent': userAgent, ...lowerCased(headers), 'content-type': contentType };
  return {
    name,
    endpoint: `${target.origin}${target.pathname}`,
    timeoutMs,
    compression,
    ...(tls && { tls }),
    encode: (batch, sender) => ({ url: target.href, headers: allHeaders, body: write(otlpLogs(batch, sender)) }),
    classify: judgeOtlp,
  };
}

/**
 * Makes the exporter from OpenTelemetry's own variables (`OTEL_EXPORTER_OTLP_ENDPOINT`, `…_LOGS_ENDPOINT` and their
 * companions), or nothing when none gives an endpoint, `OTEL_SDK_DISABLED=true` or `OTEL_LOGS_EXPORTER=none`.
 *
 * @param warn Called with a sentence for each variable that cannot be used.
 */
export function otlpFromEnvironment(env: Environment, warn: Warn): Destination | undefined {
  const options = readOtlpVariables(env, warn);
  return options && createOrWarn(() => otlpExporter(options), variables, warn);
}

const variables: Readonly<Record<string, string>> = {
  'otlp.url': 'OTEL_EXPORTER_OTLP_ENDPOINT',
  'otlp.endpoint': 'OTEL_EXPORTER_OTLP_LOGS_ENDPOINT',
  'otlp.headers': 'OTEL_EXPORTER_OTLP_HEADERS',
  'otlp.tls': 'the certificates that OTEL_EXPORTER_OTLP_… names',
  'otlp.tls.ca': 'OTEL_EXPORTER_OTLP_CERTIFICATE',
  'otlp.tls.cert': 'OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE',
  'otlp.tls.key': 'OTEL_EXPORTER_OTLP_CLIENT_KEY',
};

function targetOf(
  url: string | undefined,
  endpoint: string | undefined,
  rules: { readonly hasCredential: boolean; readonly allowInsecure: boolean },
): URL {
  if (url === undefined) {
    if (endpoint !== undefined) return requireServerUrl(endpoint, { ...rules, option: 'otlp.endpoint' });
    throw invalidOption('otlp.url', "given, or 'endpoint' in its place", 'neither');
  }
  if (endpoint !== undefined) throw invalidOption('otlp.url', "given, or 'endpoint' in its place", 'both');
  const target = requireServerUrl(url, { ...rules, option: 'otlp.url' });
  target.pathname = `${target.pathname.replace(/\/+$/, '')}/v1/logs`;
  return target;
}

function requireHeaders(headers: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(headers)) {
    try {
      validateHeaderName(name);
      validateHeaderValue(name, value);
    } catch {
      // A name that is none may be a whole header, its value included.
      const shown = /^[\w-]+$/.test(name) ? name : '[Redacted]';
      throw invalidOption('otlp.headers', 'names and values that HTTP allows', shown);
    }
  }
}

function lowerCased(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}
