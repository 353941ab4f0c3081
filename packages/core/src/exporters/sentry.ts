/** Sentry exporter: errors as events, posted to a DSN or handed to the application's own Sentry SDK. */
import { judgeStatus, type Answer, type Verdict } from '../export/answer.js';
import type { Destination } from '../export/destination.js';
import { createOrWarn } from '../export/from-environment.js';
import type { Handover } from '../export/handover.js';
import { requireDsn } from '../export/sentry-dsn.js';
import { encodeEnvelope, type SentryOrigin } from '../export/sentry-event.js';
import { defaultLimitMs, readRateLimits } from '../export/sentry-rate-limits.js';
import { sentryHandover, type SentrySdkOptions } from '../export/sentry-sdk.js';
import { invalidOption, requireObject, requireOneOf, requireRange } from '../internal/options.js';
import { readSecret, readVariable, type Environment, type Warn } from '../internal/secret-variable.js';

export type { SentrySdk, SentrySdkOptions } from '../export/sentry-sdk.js';

/** Where events are posted to, without any SDK. */
export interface SentryDsnOptions {
  /** The project's DSN, `https://KEY@HOST/PROJECT`: of Sentry, or of a server that speaks its protocol. */
  dsn: string;
  /** Release the events belong to. @default the service's name and version, `shop@1.4.0` */
  release?: string;
  /** Environment the events belong to. @default the service's own */
  environment?: string;
  /** How envelopes are packed on the way, `gzip` or `none`. @default 'none' */
  compression?: 'gzip' | 'none';
  /** Longest time for one exchange, in milliseconds. @default 10_000 */
  timeoutMs?: number;
  /** Whether plain HTTP may carry the key to a public host. @default false */
  allowInsecure?: boolean;
  /** Name in `status()` and problems. @default 'sentry' */
  name?: string;
}

/**
 * Posts errors to the project of a DSN.
 *
 * @throws {ConfigError} When the DSN or another option cannot be used.
 */
export function sentryExporter(options: SentryDsnOptions): Destination;
/**
 * Hands errors, one by one, to an SDK, which then sends them in its own way.
 *
 * @throws {ConfigError} When the SDK is none.
 */
export function sentryExporter(options: SentrySdkOptions): Handover;
/** One of the two ways, never both. */
export function sentryExporter(options: SentryDsnOptions | SentrySdkOptions): Destination | Handover {
  requireObject('sentry', options);
  const { dsn, sdk } = options as { dsn?: unknown; sdk?: unknown };
  if ((dsn === undefined) === (sdk === undefined)) {
    throw invalidOption('sentry.dsn', "given, or 'sdk' in its place", sdk === undefined ? 'neither' : 'both');
  }
  return sdk === undefined ? destination(options as SentryDsnOptions) : sentryHandover(options as SentrySdkOptions);
}

/**
 * Makes the exporter from `SENTRY_DSN` (`SENTRY_RELEASE`, `SENTRY_ENVIRONMENT`), or nothing when that is not set.
 *
 * @param warn Called with a sentence when a variable cannot be used, or an SDK reads the same ones.
 */
export function sentryFromEnvironment(env: Environment, warn: Warn): Destination | undefined {
  const dsn = readSecret(env, 'SENTRY_DSN', warn);
  if (dsn === undefined) return undefined;
  if ('__SENTRY__' in globalThis) warn(twice);
  const release = readVariable(env, 'SENTRY_RELEASE');
  const environment = readVariable(env, 'SENTRY_ENVIRONMENT');
  const origin = { ...(release && { release }), ...(environment && { environment }) };
  return createOrWarn(() => sentryExporter({ dsn, ...origin }), variables, warn);
}

const variables: Readonly<Record<string, string>> = {
  'sentry.dsn': 'SENTRY_DSN',
  'sentry.release': 'SENTRY_RELEASE',
  'sentry.environment': 'SENTRY_ENVIRONMENT',
};

const twice =
  'SENTRY_DSN is set and a Sentry SDK is loaded; what both report arrives twice, unless it is handed in: sentryExporter({ sdk: Sentry })';

function destination(options: SentryDsnOptions): Destination {
  const { dsn, release, environment, compression = 'none', timeoutMs = 10_000 } = options;
  const { allowInsecure = false, name = 'sentry' } = options;
  const { endpoint, publicKey } = requireDsn(dsn, allowInsecure);
  requireOrigin({ release, environment });
  requireOneOf('sentry.compression', compression, ['gzip', 'none']);
  requireRange('sentry.timeoutMs', timeoutMs, 1, 600_000);
  const headers = {
    'content-type': 'application/x-sentry-envelope',
    'x-sentry-auth': `Sentry sentry_version=7, sentry_client=throughline, sentry_key=${publicKey}`,
  };
  return {
    name,
    endpoint,
    timeoutMs,
    compression,
    // The protocol allows one event an envelope, and one envelope a request.
    maxEntriesPerRequest: 1,
    encode(batch, sender) {
      const body = batch.map((entry) => encodeEnvelope(entry, sender, { release, environment })).join('');
      return { url: endpoint, headers, body };
    },
    classify: judge,
  };
}

/** Sentry leaves out a release or an environment that it cannot take: https://docs.sentry.io/platforms/javascript/guides/node/configuration/releases/ */
function requireOrigin(origin: SentryOrigin): void {
  for (const [option, value] of Object.entries(origin) as [string, unknown][]) {
    if (value === undefined || (typeof value === 'string' && /^[^/\\\s]{1,200}$/.test(value))) continue;
    throw invalidOption(`sentry.${option}`, 'up to 200 characters without slash and space', value);
  }
}

/** Attempts after which a server error is taken to be about the event: ten minutes at one attempt in 30 s. */
const maxAttempts = 20;

/** Any answer may set a limit, one that takes the event too. */
function judge(answer: Answer): Verdict {
  const { status, headers } = answer;
  const limitMs = readRateLimits(headers['x-sentry-rate-limits']);
  const verdict = judgeStatus(answer);
  if (verdict.kind === 'accepted') return limitMs === undefined ? verdict : { ...verdict, pauseMs: limitMs };
  if (status === 404) return { ...verdict, detail: 'no such project, or a server too old for envelopes' } as Verdict;
  if (verdict.kind !== 'retry' && status < 500) return verdict;
  const pauseMs = limitMs ?? (status === 429 && headers['retry-after'] === undefined ? defaultLimitMs : undefined);
  return { kind: 'retry', ...(verdict.kind !== 'retry' && { maxAttempts }), ...(pauseMs !== undefined && { pauseMs }) };
}
