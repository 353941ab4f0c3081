/** Loki exporter: errors as lines that people can read, with all that is known of them beside the line. */
import { judgeStatus, type Answer, type Verdict } from '../export/answer.js';
import type { Destination } from '../export/destination.js';
import { createOrWarn } from '../export/from-environment.js';
import { encodeLokiJson } from '../export/loki-json.js';
import { requireLabels } from '../export/loki-labels.js';
import { requireServerUrl } from '../export/server-url.js';
import { invalidOption, requireObject, requireOneOf, requireRange } from '../internal/options.js';
import { readSecret, readVariable, type Environment, type Warn } from '../internal/secret-variable.js';

/** Where Loki is, as whom errors are sent there, and how they are labelled. */
export interface LokiOptions {
  /** Base URL of the server, such as `http://loki:3100`; a path in it is kept. Or the whole URL, with `/loki/api/v1/push`. */
  url: string;
  /** User of basic authentication, as Grafana Cloud and proxies want it; goes with `password`. */
  username?: string;
  /** Its password or token. */
  password?: string;
  /** Tenant of a Loki that has several, sent as `X-Scope-OrgID`. */
  tenant?: string;
  /**
   * Labels beside `service_name`, `env` and `level`, at most 11. Each value makes streams of its own: a region or a
   * host, never the id of a request or a user.
   *
   * @default {}
   */
  labels?: Readonly<Record<string, string>>;
  /** Whether fields go beside the line, which Loki takes from 3.0 on; else the line is JSON. @default true */
  structuredMetadata?: boolean;
  /** Longest time for one exchange, in milliseconds. @default 10_000 */
  timeoutMs?: number;
  /** How bodies are packed on the way. @default 'gzip' */
  compression?: 'gzip' | 'none';
  /** Whether plain HTTP may carry the password to a public host. @default false */
  allowInsecure?: boolean;
  /** Name in `status()` and problems. @default 'loki' */
  name?: string;
}

const pushPath = '/loki/api/v1/push';

/**
 * Sends errors to Grafana Loki, over its push endpoint.
 *
 * @throws {ConfigError} When the URL, the credential, a label or another option cannot be used.
 */
export function lokiExporter(options: LokiOptions): Destination {
  requireObject('loki', options);
  const { url, labels = {}, structuredMetadata = true, timeoutMs = 10_000, compression = 'gzip' } = options;
  const { allowInsecure = false, name = 'loki' } = options;
  const headers = { ...credentialOf(options), ...tenantOf(options), 'content-type': 'application/json' };
  const hasCredential = options.username !== undefined;
  const target = requireServerUrl(url, { option: 'loki.url', hasCredential, allowInsecure });
  const path = target.pathname.replace(/\/+$/, '');
  target.pathname = path.endsWith(pushPath) ? path : path + pushPath;
  requireLabels(labels);
  requireRange('loki.timeoutMs', timeoutMs, 1, 600_000);
  requireOneOf('loki.compression', compression, ['gzip', 'none']);
  const shape = { labels: { ...labels }, structuredMetadata };
  return {
    name,
    endpoint: `${target.origin}${target.pathname}`,
    timeoutMs,
    compression,
    encode: (batch, sender) => ({ url: target.href, headers, body: encodeLokiJson(batch, sender, shape) }),
    classify: judge,
  };
}

/**
 * Makes the exporter from `LOKI_URL`, `LOKI_USERNAME`, `LOKI_PASSWORD` and `LOKI_TENANT`, or nothing.
 *
 * @param warn Called with one sentence when half of the variables is missing or one cannot be used.
 */
export function lokiFromEnvironment(env: Environment, warn: Warn): Destination | undefined {
  const url = readSecret(env, 'LOKI_URL', warn);
  const username = readSecret(env, 'LOKI_USERNAME', warn);
  const password = readSecret(env, 'LOKI_PASSWORD', warn);
  const tenant = readVariable(env, 'LOKI_TENANT');
  const values = { LOKI_URL: url, LOKI_USERNAME: username, LOKI_PASSWORD: password, LOKI_TENANT: tenant };
  for (const [given, missing] of companions) {
    if (values[given] === undefined || values[missing] !== undefined) continue;
    warn(`${given} is set but ${missing} is not; errors are not sent to Loki`);
    return undefined;
  }
  if (url === undefined) return undefined;
  const options = { url, ...(username && { username }), ...(password && { password }), ...(tenant && { tenant }) };
  return createOrWarn(() => lokiExporter(options), variables, warn);
}

/** Variables of which the first is nothing without the second. */
const companions = [
  ['LOKI_USERNAME', 'LOKI_URL'],
  ['LOKI_PASSWORD', 'LOKI_URL'],
  ['LOKI_TENANT', 'LOKI_URL'],
  ['LOKI_USERNAME', 'LOKI_PASSWORD'],
  ['LOKI_PASSWORD', 'LOKI_USERNAME'],
] as const;

const variables: Readonly<Record<string, string>> = {
  'loki.url': 'LOKI_URL',
  'loki.username': 'LOKI_USERNAME',
  'loki.password': 'LOKI_PASSWORD',
  'loki.tenant': 'LOKI_TENANT',
};

function credentialOf({ username, password }: LokiOptions): { authorization?: string } {
  if (username === undefined && password === undefined) return {};
  if (!username || username.includes(':')) throw invalidOption('loki.username', 'a name without a colon', '[Redacted]');
  if (!password) throw invalidOption('loki.password', 'given with loki.username', 'nothing');
  return { authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}` };
}

function tenantOf({ tenant }: LokiOptions): { 'x-scope-orgid'?: string } {
  if (tenant === undefined) return {};
  // https://grafana.com/docs/loki/latest/operations/multi-tenancy/
  if (!/^[\w!.*'()-]{1,150}$/.test(tenant))
    throw invalidOption('loki.tenant', "letters, digits, ! - _ . * ' ( )", tenant);
  return { 'x-scope-orgid': tenant };
}

/** Attempts after which a server error is taken to be about the batch: ten minutes at one attempt in 30 s. */
const maxAttempts = 20;

function judge(answer: Answer): Verdict {
  // A Loki told to block ingestion (`block_ingestion_until`) answers so, lest clients try again.
  if (answer.status === 260) return { kind: 'rejected', separable: false };
  // The valid entries of the request are stored by then, so it must not come again.
  if (answer.status === 400) return { kind: 'unknown' };
  const verdict = judgeStatus(answer);
  return answer.status >= 500 && verdict.kind === 'rejected' ? { kind: 'retry', maxAttempts } : verdict;
}
