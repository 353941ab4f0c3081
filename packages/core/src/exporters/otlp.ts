/** OTLP exporter: errors as log records over OTLP/HTTP, for collectors and whatever speaks their protocol. */
import { validateHeaderName, validateHeaderValue } from 'node:http';
import { judgeStatus, readJson, type Answer, type Verdict } from '../export/answer.js';
import type { Destination } from '../export/destination.js';
import { createOrWarn } from '../export/from-environment.js';
import { readOtlpVariables } from '../export/otlp-environment.js';
import { encodeOtlpJson } from '../export/otlp-json.js';
import { requireServerUrl } from '../export/server-url.js';
import { invalidOption, requireObject, requireRange } from '../internal/options.js';
import type { Environment, Warn } from '../internal/secret-variable.js';

/** Where the collector is, and what goes with every request. */
export interface OtlpOptions {
  /** Base URL of the collector, such as `http://collector:4318`; `v1/logs` is appended. Give this or `endpoint`. */
  url?: string;
  /** URL for logs, used as it is. Give this or `url`. */
  endpoint?: string;
  /** Headers that go with every request, such as an API key. @default {} */
  headers?: Readonly<Record<string, string>>;
  /** Longest time for one exchange, in milliseconds. @default 10_000 */
  timeoutMs?: number;
  /** Whether plain HTTP may carry headers to a public host. @default false */
  allowInsecure?: boolean;
  /** Name in `status()` and problems. @default 'otlp' */
  name?: string;
}

/**
 * Sends errors to an OpenTelemetry collector, in the protocol's JSON encoding.
 *
 * @throws {ConfigError} When the URL, a header or another option cannot be used.
 */
export function otlpExporter(options: OtlpOptions): Destination {
  requireObject('otlp', options);
  const { url, endpoint, headers = {}, timeoutMs = 10_000, allowInsecure = false, name = 'otlp' } = options;
  if ((url === undefined) === (endpoint === undefined)) {
    throw invalidOption('otlp.url', "given, or 'endpoint' in its place", url === undefined ? 'neither' : 'both');
  }
  requireHeaders(headers);
  requireRange('otlp.timeoutMs', timeoutMs, 1, 600_000);
  const option = url === undefined ? 'otlp.endpoint' : 'otlp.url';
  const rules = { option, hasCredential: Object.keys(headers).length > 0, allowInsecure };
  const target = requireServerUrl(url ?? endpoint ?? '', rules);
  if (url !== undefined) target.pathname = `${target.pathname.replace(/\/+$/, '')}/v1/logs`;
  const allHeaders = { ...lowerCased(headers), 'content-type': 'application/json' };
  return {
    name,
    endpoint: `${target.origin}${target.pathname}`,
    timeoutMs,
    encode: (batch, sender) => ({ url: target.href, headers: allHeaders, body: encodeOtlpJson(batch, sender) }),
    classify: judge,
  };
}

/**
 * Makes the exporter from OpenTelemetry's own variables (`OTEL_EXPORTER_OTLP_ENDPOINT`, `…_LOGS_ENDPOINT`, `…_HEADERS`,
 * `…_TIMEOUT`), or nothing when none gives an endpoint, `OTEL_SDK_DISABLED=true` or `OTEL_LOGS_EXPORTER=none`.
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
};

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

/** Every 2xx is a success, whatever its body: Loki answers 204, old OpenObserve protobuf bytes called JSON. */
function judge(answer: Answer): Verdict {
  if (answer.status >= 300) return judgeStatus(answer);
  const body = readJson(answer);
  const partial = (body?.['partialSuccess'] ?? body?.['partial_success']) as Record<string, unknown> | null | undefined;
  const rejected = Number(partial?.['rejectedLogRecords'] ?? partial?.['rejected_log_records'] ?? 0);
  const message = partial?.['errorMessage'] ?? partial?.['error_message'];
  const detail = typeof message === 'string' && message !== '' ? message : undefined;
  if (!(rejected > 0) && detail === undefined) return { kind: 'accepted' };
  // The specification forbids to send a partly accepted batch again.
  return {
    kind: 'partial',
    rejected: rejected > 0 ? Math.floor(rejected) : 0,
    unconfirmed: 0,
    ...(detail && { detail }),
  };
}
