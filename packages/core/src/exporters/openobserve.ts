/** OpenObserve exporter: errors as flat records of a stream, each answer checked against what was sent. */
import { judgeStatus, readJson, type Answer, type Verdict } from '../export/answer.js';
import type { Destination, Sender } from '../export/destination.js';
import { flatRecord, isoTime } from '../export/flat-record.js';
import type { Entry } from '../export/fold.js';
import { createOrWarn } from '../export/from-environment.js';
import { requireServerUrl } from '../export/server-url.js';
import { invalidOption, requireObject, requireRange } from '../internal/options.js';
import { readSecret, readVariable, type Environment, type Warn } from '../internal/secret-variable.js';

/** Where OpenObserve is, and as whom errors are sent there. */
export interface OpenObserveOptions {
  /** Base URL of the server, such as `https://logs.example.com`; a path in it is kept. */
  url: string;
  /** `user:password`, or user and ingestion token. */
  key: string;
  /** Organisation the stream belongs to. @default 'default' */
  organisation?: string;
  /** Stream the records go into. @default 'prod' */
  stream?: string;
  /** Longest time for one exchange, in milliseconds. @default 10_000 */
  timeoutMs?: number;
  /** Whether plain HTTP may carry the key to a public host. @default false */
  allowInsecure?: boolean;
  /** Name in `status()` and problems. @default 'openobserve' */
  name?: string;
}

/**
 * Sends errors to a stream of OpenObserve, over its `_json` endpoint.
 *
 * @throws {ConfigError} When the URL, the key or another option cannot be used.
 */
export function openobserveExporter(options: OpenObserveOptions): Destination {
  requireObject('openobserve', options);
  const { url, key, organisation = 'default', stream = 'prod', timeoutMs = 10_000 } = options;
  const { allowInsecure = false, name = 'openobserve' } = options;
  const base = requireServerUrl(url, { option: 'openobserve.url', hasCredential: true, allowInsecure });
  if (!/^[^:]+:./.test(key)) throw invalidOption('openobserve.key', "'user:password'", '[Redacted]');
  for (const [option, value] of Object.entries({ organisation, stream })) {
    if (!/^[\w.-]{1,100}$/.test(value)) throw invalidOption(`openobserve.${option}`, 'letters, digits, . _ -', value);
  }
  requireRange('openobserve.timeoutMs', timeoutMs, 1, 600_000);
  const endpoint = `${base.origin}${base.pathname.replace(/\/+$/, '')}/api/${organisation}/${stream}/_json`;
  const headers = { authorization: `Basic ${Buffer.from(key).toString('base64')}`, 'content-type': 'application/json' };
  return {
    name,
    endpoint,
    timeoutMs,
    encode(batch, sender) {
      const body = JSON.stringify(batch.map((entry) => openobserveRecord(entry, sender)));
      return { url: endpoint, headers, body };
    },
    classify: judge,
  };
}

/**
 * Makes the exporter from `LOGS_BASE_URL` and `LOGS_KEY` (`LOGS_ORGANISATION`, `LOGS_STREAM_NAME`), or nothing.
 *
 * @param warn Called with one sentence when half of the variables is missing or one cannot be used.
 */
export function openobserveFromEnvironment(env: Environment, warn: Warn): Destination | undefined {
  const url = readSecret(env, 'LOGS_BASE_URL', warn);
  const key = readSecret(env, 'LOGS_KEY', warn);
  if (url === undefined && key === undefined) return undefined;
  if (url === undefined || key === undefined) {
    const [given, missing] = url === undefined ? ['LOGS_KEY', 'LOGS_BASE_URL'] : ['LOGS_BASE_URL', 'LOGS_KEY'];
    warn(`${given} is set but ${missing} is not; errors are not sent to OpenObserve`);
    return undefined;
  }
  const organisation = readVariable(env, 'LOGS_ORGANISATION');
  const stream = readVariable(env, 'LOGS_STREAM_NAME');
  const place = { ...(organisation && { organisation }), ...(stream && { stream }) };
  return createOrWarn(() => openobserveExporter({ url, key, ...place }), variables, warn);
}

const variables: Readonly<Record<string, string>> = {
  'openobserve.url': 'LOGS_BASE_URL',
  'openobserve.key': 'LOGS_KEY',
  'openobserve.organisation': 'LOGS_ORGANISATION',
  'openobserve.stream': 'LOGS_STREAM_NAME',
};

/** OpenObserve discards, with status 200, what is older than 5 h (`ZO_INGEST_ALLOWED_UPTO`) or 24 h ahead; with a margin. */
const maxAgeMs = 17_400_000;
const maxAheadMs = 82_800_000;

function openobserveRecord(entry: Entry, sender: Sender): Record<string, unknown> {
  const { timeMs } = entry.record;
  const stampMs = Math.min(Math.max(timeMs, sender.nowMs - maxAgeMs), sender.nowMs + maxAheadMs);
  const flat = flatRecord(entry, sender);
  flat['_timestamp'] = Math.round(stampMs * 1_000);
  if (stampMs !== timeMs) flat['event_time'] = isoTime(timeMs);
  return flat;
}

/** Attempts after which a server error is taken to be about the batch: ten minutes at one attempt in 30 s. */
const maxAttempts = 20;

/** A 200 is a claim to verify: a failed write also answers 200, and only the counts give it away. */
function judge(answer: Answer, batch: readonly Entry[]): Verdict {
  if (answer.status >= 300) {
    const verdict = judgeStatus(answer);
    return answer.status >= 500 && verdict.kind === 'rejected' ? { kind: 'retry', maxAttempts } : verdict;
  }
  const body = readJson(answer);
  if (numberOf(body?.['code']) >= 500) return { kind: 'retry', maxAttempts };
  const streams = Array.isArray(body?.['status']) ? (body['status'] as (Record<string, unknown> | null)[]) : [];
  const sum = (name: string): number => streams.reduce((total, stream) => total + numberOf(stream?.[name]), 0);
  const rejected = Math.min(sum('failed'), batch.length);
  const unconfirmed = Math.max(0, batch.length - rejected - sum('successful'));
  if (rejected === 0 && unconfirmed === 0) return { kind: 'accepted' };
  const detail = streams.map((stream) => stream?.['error']).find((text) => typeof text === 'string');
  return { kind: 'partial', rejected, unconfirmed, ...(detail !== undefined && { detail }) };
}

function numberOf(value: unknown): number {
  return typeof value === 'number' && value > 0 ? Math.floor(value) : 0;
}
